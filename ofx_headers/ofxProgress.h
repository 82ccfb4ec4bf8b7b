/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DELTAPLATE_OFX_PROGRESS_H
#define DELTAPLATE_OFX_PROGRESS_H

/* The progress suite. */

#include "ofxCore.h"

#define kOfxProgressSuite "OfxProgressSuite"

/** Shows progress from 0 to 1. `progressUpdate` answers kOfxStatReplyNo when the user cancels. */
typedef struct OfxProgressSuiteV1 {
  OfxStatus (*progressStart)(void *effectInstance, const char *label);
  OfxStatus (*progressUpdate)(void *effectInstance, double progress);
  OfxStatus (*progressEnd)(void *effectInstance);
} OfxProgressSuiteV1;

/** As V1, with an id for the message, so that the host can translate it. */
typedef struct OfxProgressSuiteV2 {
  OfxStatus (*progressStart)(void *effectInstance, const char *message, const char *messageId);
  OfxStatus (*progressUpdate)(void *effectInstance, double progress);
  OfxStatus (*progressEnd)(void *effectInstance);
} OfxProgressSuiteV2;

#endif
