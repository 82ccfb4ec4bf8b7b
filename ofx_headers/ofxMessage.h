/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DELTAPLATE_OFX_MESSAGE_H
#define DELTAPLATE_OFX_MESSAGE_H

/* The message suite. */

#include "ofxCore.h"

#define kOfxMessageSuite "OfxMessageSuite"

/* Kinds of messages. */
#define kOfxMessageFatal "OfxMessageFatal"
#define kOfxMessageError "OfxMessageError"
#define kOfxMessageWarning "OfxMessageWarning"
#define kOfxMessageMessage "OfxMessageMessage"
#define kOfxMessageLog "OfxMessageLog"
#define kOfxMessageQuestion "OfxMessageQuestion"

/** Shows a message. `format` and what follows are as for printf. */
typedef struct OfxMessageSuiteV1 {
  OfxStatus (*message)(void *handle, const char *messageType, const char *messageId, const char *format, ...);
} OfxMessageSuiteV1;

/** Adds a message that stays with the effect until it is cleared. */
typedef struct OfxMessageSuiteV2 {
  OfxStatus (*message)(void *handle, const char *messageType, const char *messageId, const char *format, ...);
  OfxStatus (*setPersistentMessage)(void *handle, const char *messageType, const char *messageId,
                                    const char *format, ...);
  OfxStatus (*clearPersistentMessage)(void *handle);
} OfxMessageSuiteV2;

#endif
