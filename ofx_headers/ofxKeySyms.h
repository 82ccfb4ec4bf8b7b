/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DELTAPLATE_OFX_KEY_SYMS_H
#define DELTAPLATE_OFX_KEY_SYMS_H

/* Arguments of the key actions of interacts; both strings do begin with k. */

#define kOfxPropKeySym "kOfxPropKeySym"
#define kOfxPropKeyString "kOfxPropKeyString"

#endif
