/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DELTAPLATE_OFX_MEMORY_H
#define DELTAPLATE_OFX_MEMORY_H

/* The memory suite. */

#include "ofxCore.h"

#define kOfxMemorySuite "OfxMemorySuite"

/** Memory that the host counts. `handle` is an effect instance or NULL. */
typedef struct OfxMemorySuiteV1 {
  OfxStatus (*memoryAlloc)(void *handle, size_t nBytes, void **allocatedData);
  OfxStatus (*memoryFree)(void *allocatedData);
} OfxMemorySuiteV1;

#endif
