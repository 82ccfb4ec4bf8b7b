/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DELTAPLATE_OFX_PROPERTY_H
#define DELTAPLATE_OFX_PROPERTY_H

/* The property suite. */

#include "ofxCore.h"

#define kOfxPropertySuite "OfxPropertySuite"

/** Reads and writes properties: singly by index, or the first `count` values at once. */
typedef struct OfxPropertySuiteV1 {
  OfxStatus (*propSetPointer)(OfxPropertySetHandle properties, const char *property, int index, void *value);
  OfxStatus (*propSetString)(OfxPropertySetHandle properties, const char *property, int index, const char *value);
  OfxStatus (*propSetDouble)(OfxPropertySetHandle properties, const char *property, int index, double value);
  OfxStatus (*propSetInt)(OfxPropertySetHandle properties, const char *property, int index, int value);
  OfxStatus (*propSetPointerN)(OfxPropertySetHandle properties, const char *property, int count, void *const *values);
  OfxStatus (*propSetStringN)(OfxPropertySetHandle properties, const char *property, int count,
                              const char *const *values);
  OfxStatus (*propSetDoubleN)(OfxPropertySetHandle properties, const char *property, int count, const double *values);
  OfxStatus (*propSetIntN)(OfxPropertySetHandle properties, const char *property, int count, const int *values);
  OfxStatus (*propGetPointer)(OfxPropertySetHandle properties, const char *property, int index, void **value);
  OfxStatus (*propGetString)(OfxPropertySetHandle properties, const char *property, int index, char **value);
  OfxStatus (*propGetDouble)(OfxPropertySetHandle properties, const char *property, int index, double *value);
  OfxStatus (*propGetInt)(OfxPropertySetHandle properties, const char *property, int index, int *value);
  OfxStatus (*propGetPointerN)(OfxPropertySetHandle properties, const char *property, int count, void **values);
  OfxStatus (*propGetStringN)(OfxPropertySetHandle properties, const char *property, int count, char **values);
  OfxStatus (*propGetDoubleN)(OfxPropertySetHandle properties, const char *property, int count, double *values);
  OfxStatus (*propGetIntN)(OfxPropertySetHandle properties, const char *property, int count, int *values);
  /** Puts a property back to its default. */
  OfxStatus (*propReset)(OfxPropertySetHandle properties, const char *property);
  /** How many values a property holds. */
  OfxStatus (*propGetDimension)(OfxPropertySetHandle properties, const char *property, int *count);
} OfxPropertySuiteV1;

#endif
