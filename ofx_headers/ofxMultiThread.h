/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DELTAPLATE_OFX_MULTI_THREAD_H
#define DELTAPLATE_OFX_MULTI_THREAD_H

/* The multi-thread suite. */

#include "ofxCore.h"

#define kOfxMultiThreadSuite "OfxMultiThreadSuite"

/** A mutex of the host. */
typedef struct OfxMutex *OfxMutexHandle;

/** Runs on each thread: its index, the count of threads, the caller's argument. */
typedef void(OfxThreadFunctionV1)(unsigned int threadIndex, unsigned int threadMax, void *customArg);

/** Threads and mutexes of the host. `multiThread` returns when all threads have ended. */
typedef struct OfxMultiThreadSuiteV1 {
  OfxStatus (*multiThread)(OfxThreadFunctionV1 *func, unsigned int nThreads, void *customArg);
  OfxStatus (*multiThreadNumCPUs)(unsigned int *nCPUs);
  OfxStatus (*multiThreadIndex)(unsigned int *threadIndex);
  /** A truth value, no status. */
  int (*multiThreadIsSpawnedThread)(void);
  OfxStatus (*mutexCreate)(OfxMutexHandle *mutex, int lockCount);
  OfxStatus (*mutexDestroy)(OfxMutexHandle mutex);
  OfxStatus (*mutexLock)(OfxMutexHandle mutex);
  OfxStatus (*mutexUnLock)(OfxMutexHandle mutex);
  OfxStatus (*mutexTryLock)(OfxMutexHandle mutex);
} OfxMultiThreadSuiteV1;

#endif
