/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DELTAPLATE_OFX_TIME_LINE_H
#define DELTAPLATE_OFX_TIME_LINE_H

/* The timeline suite. */

#include "ofxCore.h"

#define kOfxTimeLineSuite "OfxTimeLineSuite"

/** Reads and moves the host's current time. */
typedef struct OfxTimeLineSuiteV1 {
  OfxStatus (*getTime)(void *instance, double *time);
  OfxStatus (*gotoTime)(void *instance, double time);
  OfxStatus (*getTimeBounds)(void *instance, double *firstTime, double *lastTime);
} OfxTimeLineSuiteV1;

#endif
