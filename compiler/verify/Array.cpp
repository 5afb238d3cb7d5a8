// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/verify/Array.h"

extern "C" {
#include "runtime/program/npy.h"
#include "runtime/program/program.h"
}

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"

#include <cstring>

using namespace llvm;

namespace niello {

uint64_t Array::count() const {
  uint64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

double Array::at(uint64_t position) const {
  return element_value(dtype, bytes.data(), position);
}

void Array::set(uint64_t position, double value) {
  APFloat number(value);
  bool inexact;
  auto store = [&](const fltSemantics &kind) {
    number.convert(kind, APFloat::rmNearestTiesToEven, &inexact);
    APInt bits = number.bitcastToAPInt();
    size_t size = niello_dtype_size(dtype);
    memcpy(bytes.data() + position * size, bits.getRawData(), size);
  };
  switch (dtype) {
  case NIELLO_FLOAT32:
    return store(APFloat::IEEEsingle());
  case NIELLO_FLOAT64:
    return store(APFloat::IEEEdouble());
  case NIELLO_FLOAT16:
    return store(APFloat::IEEEhalf());
  case NIELLO_BFLOAT16:
    return store(APFloat::BFloat());
  }
}

bool Array::isReal() const {
  return dtype == NIELLO_FLOAT32 || dtype == NIELLO_FLOAT64 ||
         dtype == NIELLO_FLOAT16 || dtype == NIELLO_BFLOAT16;
}

bool Array::operator==(const Array &other) const {
  return dtype == other.dtype && shape == other.shape && bytes == other.bytes;
}

std::string typeText(const Array &array) {
  const char *dtype = niello_dtype_name(array.dtype);
  return std::string(dtype ? dtype : "?") + "[" +
         join(map_range(array.shape, [](int64_t n) { return itostr(n); }),
              ",") +
         "]";
}

std::string positionText(const Array &array, uint64_t position) {
  std::vector<std::string> places(array.shape.size());
  for (size_t dim = array.shape.size(); dim-- > 0;) {
    uint64_t size = std::max<int64_t>(array.shape[dim], 1);
    places[dim] = std::to_string(position % size);
    position /= size;
  }
  return "[" + join(places, ",") + "]";
}

int32_t findDtype(StringRef name) {
  for (int32_t dtype = 1; niello_dtype_name(dtype); ++dtype)
    if (name == niello_dtype_name(dtype))
      return dtype;
  return 0;
}

Expected<Array> readArray(const std::string &path, int32_t dtype) {
  npy_header header;
  niello_message why;
  void *data = nullptr;
  if (!npy_read(path.c_str(), &header, &data, &why))
    return createStringError(StringRef(why.text));
  Array array;
  array.dtype = dtype;
  array.shape.assign(header.shape, header.shape + header.rank);
  if (StringRef(header.type) == npy_type(dtype)) {
    array.bytes.assign(static_cast<char *>(data),
                       static_cast<char *>(data) + header.bytes);
    free(data);
    return std::move(array);
  }
  free(data);
  return createStringError("'" + path + "' needs elements of type '" +
                           npy_type(dtype) + "' (" + niello_dtype_name(dtype) +
                           "), but has '" + header.type + "'");
}

} // namespace niello
