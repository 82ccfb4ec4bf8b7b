/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DELTAPLATE_OFX_COLOUR_H
#define DELTAPLATE_OFX_COLOUR_H

/* Colour management. */

/* How far host and effect manage colour. */
#define kOfxImageEffectPropColourManagementStyle "OfxImageEffectPropColourManagementStyle"
#define kOfxImageEffectColourManagementNone "OfxImageEffectColourManagementNone"
#define kOfxImageEffectColourManagementBasic "OfxImageEffectColourManagementBasic"
#define kOfxImageEffectColourManagementCore "OfxImageEffectColourManagementCore"
#define kOfxImageEffectColourManagementFull "OfxImageEffectColourManagementFull"
#define kOfxImageEffectColourManagementOCIO "OfxImageEffectColourManagementOCIO"

/* Configurations. */
#define kOfxImageEffectPropColourManagementAvailableConfigs "OfxImageEffectPropColourManagementAvailableConfigs"
#define kOfxImageEffectPropColourManagementConfig "OfxImageEffectPropColourManagementConfig"
#define kOfxImageEffectPropOCIOConfig "OfxImageEffectPropOCIOConfig"

/* Colour spaces of clips, output and display. */
#define kOfxImageClipPropColourspace "OfxImageClipPropColourspace"
#define kOfxImageClipPropPreferredColourspaces "OfxImageClipPropPreferredColourspaces"
#define kOfxImageEffectActionGetOutputColourspace "OfxImageEffectActionGetOutputColourspace"
#define kOfxImageEffectPropDisplayColourspace "OfxImageEffectPropDisplayColourspace"
#define kOfxImageEffectPropOCIODisplay "OfxImageEffectPropOCIODisplay"
#define kOfxImageEffectPropOCIOView "OfxImageEffectPropOCIOView"

#endif
