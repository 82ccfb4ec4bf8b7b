/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DELTAPLATE_OFX_CORE_H
#define DELTAPLATE_OFX_CORE_H

/* OpenFX core: what every plug-in API is built on. */

/* The generator works without system headers, so that its output depends on these files alone. */
#ifdef __BINDGEN__
typedef __SIZE_TYPE__ size_t;
#else
#include <stddef.h>
#endif

/** What every call answers: one of the `kOfxStat` constants. */
typedef int OfxStatus;

/* Statuses. */
#define kOfxStatOK 0
#define kOfxStatFailed 1
#define kOfxStatErrFatal 2
#define kOfxStatErrUnknown 3
#define kOfxStatErrMissingHostFeature 4
#define kOfxStatErrUnsupported 5
#define kOfxStatErrExists 6
#define kOfxStatErrFormat 7
#define kOfxStatErrMemory 8
#define kOfxStatErrBadHandle 9
#define kOfxStatErrBadIndex 10
#define kOfxStatErrValue 11
#define kOfxStatReplyYes 12
#define kOfxStatReplyNo 13
#define kOfxStatReplyDefault 14

/** A set of named, typed properties. */
typedef struct OfxPropertySetStruct *OfxPropertySetHandle;

/** How a host introduces itself to a plug-in. */
typedef struct OfxHost {
  /** The host's own properties. */
  OfxPropertySetHandle host;
  /** Looks up a suite by name and version; NULL where the host has none. */
  const void *(*fetchSuite)(OfxPropertySetHandle host, const char *suiteName, int suiteVersion);
} OfxHost;

/** The function through which a plug-in receives actions. */
typedef OfxStatus(OfxPluginEntryPoint)(const char *action, const void *handle,
                                       OfxPropertySetHandle inArgs, OfxPropertySetHandle outArgs);

/** How a plug-in introduces itself to a host. */
typedef struct OfxPlugin {
  /** The plug-in API, such as `kOfxImageEffectPluginApi`. */
  const char *pluginApi;
  /** The version of that API. */
  int apiVersion;
  /** The unique name of the plug-in, in reverse domain style. */
  const char *pluginIdentifier;
  /** Incremented by changes that break old projects. */
  unsigned int pluginVersionMajor;
  /** Incremented by compatible changes. */
  unsigned int pluginVersionMinor;
  /** Receives the host's structure, before any action. */
  void (*setHost)(OfxHost *host);
  /** Receives every action. */
  OfxPluginEntryPoint *mainEntry;
} OfxPlugin;

/** A time or frame number. */
typedef double OfxTime;

/** A range of integers, both ends included. */
typedef struct OfxRangeI {
  int min, max;
} OfxRangeI;

/** A range of doubles, both ends included. */
typedef struct OfxRangeD {
  double min, max;
} OfxRangeD;

/** A point on the pixel grid. */
typedef struct OfxPointI {
  int x, y;
} OfxPointI;

/** A point in the plane. */
typedef struct OfxPointD {
  double x, y;
} OfxPointD;

/** A rectangle of pixels: `x1 <= x < x2`, `y1 <= y < y2`. */
typedef struct OfxRectI {
  int x1, y1, x2, y2;
} OfxRectI;

/** A rectangle in the plane: `x1 <= x < x2`, `y1 <= y < y2`. */
typedef struct OfxRectD {
  double x1, y1, x2, y2;
} OfxRectD;

/* Edges of a rectangle without end: the least and the greatest int. */
#define kOfxFlagInfiniteMax 2147483647
#define kOfxFlagInfiniteMin (-2147483647 - 1)

/* Actions of every plug-in. */
#define kOfxActionLoad "OfxActionLoad"
#define kOfxActionUnload "OfxActionUnload"
#define kOfxActionDescribe "OfxActionDescribe"
#define kOfxActionCreateInstance "OfxActionCreateInstance"
#define kOfxActionDestroyInstance "OfxActionDestroyInstance"
#define kOfxActionPurgeCaches "OfxActionPurgeCaches"
#define kOfxActionSyncPrivateData "OfxActionSyncPrivateData"
#define kOfxActionBeginInstanceChanged "OfxActionBeginInstanceChanged"
#define kOfxActionInstanceChanged "OfxActionInstanceChanged"
#define kOfxActionEndInstanceChanged "OfxActionEndInstanceChanged"
#define kOfxActionBeginInstanceEdit "OfxActionBeginInstanceEdit"
#define kOfxActionEndInstanceEdit "OfxActionEndInstanceEdit"

/* Properties of many objects. */
#define kOfxPropAPIVersion "OfxPropAPIVersion"
#define kOfxPropTime "OfxPropTime"
#define kOfxPropIsInteractive "OfxPropIsInteractive"
#define kOfxPropInstanceData "OfxPropInstanceData"
#define kOfxPropEffectInstance "OfxPropEffectInstance"
#define kOfxPropType "OfxPropType"
#define kOfxPropName "OfxPropName"
#define kOfxPropLabel "OfxPropLabel"
#define kOfxPropShortLabel "OfxPropShortLabel"
#define kOfxPropLongLabel "OfxPropLongLabel"
#define kOfxPropIcon "OfxPropIcon"
#define kOfxPropVersion "OfxPropVersion"
#define kOfxPropVersionLabel "OfxPropVersionLabel"
#define kOfxPropPluginDescription "OfxPropPluginDescription"
#define kOfxPropHostOSHandle "OfxPropHostOSHandle"
#define kOfxPluginPropFilePath "OfxPluginPropFilePath"

/* Why an instance changed, and the values of that property. */
#define kOfxPropChangeReason "OfxPropChangeReason"
#define kOfxChangeUserEdited "OfxChangeUserEdited"
#define kOfxChangePluginEdited "OfxChangePluginEdited"
#define kOfxChangeTime "OfxChangeTime"

/* Types of samples. */
#define kOfxBitDepthNone "OfxBitDepthNone"
#define kOfxBitDepthByte "OfxBitDepthByte"
#define kOfxBitDepthShort "OfxBitDepthShort"
#define kOfxBitDepthHalf "OfxBitDepthHalf"
#define kOfxBitDepthFloat "OfxBitDepthFloat"

#endif
