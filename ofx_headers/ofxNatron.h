/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DELTAPLATE_OFX_NATRON_H
#define DELTAPLATE_OFX_NATRON_H

/* Extensions of the host Natron that this project uses; no part of OpenFX. */

#define kNatronOfxHostName "fr.inria.Natron"
#define kNatronOfxHostIsNatron "NatronOfxHostIsNatron"

/* The host's own channel boxes: components that start switched on, or kOfxImageComponentNone for no boxes. */
#define kNatronOfxImageEffectPropChannelSelector "NatronOfxImageEffectPropChannelSelector"

/* 1 where a description or a hint is markdown. */
#define kNatronOfxPropDescriptionIsMarkdown "NatronOfxPropDescriptionIsMarkdown"

#endif
