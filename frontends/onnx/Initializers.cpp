// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/Initializers.h"

#include "dialects/model/Model.h"
#include "frontends/onnx/Importer.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace niello::onnx_frontend {
namespace {

// DESIGN 2: tensors up to 1 KB and all integer shape operands are constants.
constexpr uint64_t maxInlineBytes = 1024;
constexpr int64_t maxElements = 64;

llvm::Error fail(const onnx::TensorProto &proto, const llvm::Twine &what) {
  return llvm::createStringError("tensor '" + llvm::Twine(proto.name()) +
                                 "': " + what);
}

uint64_t fileBytes(DType dtype, int64_t count) {
  return llvm::divideCeil(uint64_t(count) * storageBits(dtype), 8);
}

/// Appends `bits`/8 low bytes of each number of a repeated field.
template <typename Field>
void appendIntegers(const Field &field, unsigned byteWidth, std::string &out) {
  for (auto number : field) {
    uint64_t n = static_cast<uint64_t>(number);
    for (unsigned i = 0; i < byteWidth; ++i)
      out.push_back(static_cast<char>(n >> (8 * i)));
  }
}

/// Sub-byte elements, low bits first, to a byte each.
std::string unpack(llvm::StringRef packed, int64_t count, unsigned bits) {
  std::string out;
  unsigned each = 8 / bits;
  for (int64_t i = 0; i < count; ++i)
    out.push_back((uint8_t(packed[i / each]) >> (bits * (i % each))) &
                  ((1 << bits) - 1));
  return out;
}

llvm::Expected<std::string> typedBytes(const onnx::TensorProto &proto,
                                       DType dtype, int64_t count) {
  std::string out;
  auto check = [&](int64_t found) -> llvm::Error {
    if (found != count)
      return fail(proto, "its shape needs " + llvm::Twine(count) +
                             " elements, but its data has " +
                             llvm::Twine(found));
    return llvm::Error::success();
  };
  unsigned bits = storageBits(dtype);
  switch (dtype) {
  case DType::Float: {
    if (auto e = check(proto.float_data_size()))
      return std::move(e);
    out.assign(reinterpret_cast<const char *>(proto.float_data().data()),
               count * 4);
    return out;
  }
  case DType::Double: {
    if (auto e = check(proto.double_data_size()))
      return std::move(e);
    out.assign(reinterpret_cast<const char *>(proto.double_data().data()),
               count * 8);
    return out;
  }
  case DType::Int64:
    if (auto e = check(proto.int64_data_size()))
      return std::move(e);
    appendIntegers(proto.int64_data(), 8, out);
    return out;
  case DType::UInt32:
  case DType::UInt64:
    if (auto e = check(proto.uint64_data_size()))
      return std::move(e);
    appendIntegers(proto.uint64_data(), bits / 8, out);
    return out;
  default:
    break;
  }
  if (bits < 8) {
    if (proto.int32_data_size() == int64_t(fileBytes(dtype, count))) {
      appendIntegers(proto.int32_data(), 1, out);
      return out;
    }
    // onnx.parser writes a number an element instead of a byte.
    if (auto e = check(proto.int32_data_size()))
      return std::move(e);
    out.assign(fileBytes(dtype, count), 0);
    for (int64_t i = 0, each = 8 / bits; i < count; ++i)
      out[i / each] |= (proto.int32_data(i) & ((1 << bits) - 1))
                       << (bits * (i % each));
    return out;
  }
  if (auto e = check(proto.int32_data_size()))
    return std::move(e);
  appendIntegers(proto.int32_data(), bits / 8, out);
  return out;
}

} // namespace

std::optional<int64_t> elementCount(const onnx::TensorProto &proto) {
  int64_t count = 1;
  for (int64_t dim : proto.dims())
    if (dim < 0 || llvm::MulOverflow(count, dim, count) ||
        count > (int64_t(1) << 60))
      return std::nullopt;
  return count;
}

llvm::Expected<std::string> decodeTensor(const onnx::TensorProto &proto) {
  auto dtype = static_cast<DType>(proto.data_type());
  auto count = elementCount(proto);
  if (!count)
    return fail(proto, "its dimensions are negative or too large");
  unsigned bits = storageBits(dtype);
  std::string bytes;
  if (proto.has_raw_data()) {
    if (proto.raw_data().size() != fileBytes(dtype, *count))
      return fail(proto, "its shape and type need " +
                             llvm::Twine(fileBytes(dtype, *count)) +
                             " bytes, but its data has " +
                             llvm::Twine(proto.raw_data().size()));
    bytes = proto.raw_data();
  } else {
    auto typed = typedBytes(proto, dtype, *count);
    if (!typed)
      return typed.takeError();
    bytes = std::move(*typed);
  }
  return bits < 8 ? unpack(bytes, *count, bits) : bytes;
}

DenseElementsAttr denseElements(RankedTensorType type, DType dtype,
                                StringRef bytes) {
  Type element = type.getElementType();
  unsigned bits = element.getIntOrFloatBitWidth();
  if (bits >= 8)
    return DenseElementsAttr::getFromRawBuffer(
        type, ArrayRef<char>(bytes.data(), bytes.size()));
  SmallVector<APInt> numbers;
  for (char byte : bytes)
    numbers.push_back(dtype == DType::Bool
                          ? APInt(1, byte != 0)
                          : APInt(8, uint8_t(byte)).trunc(bits));
  if (isa<IntegerType>(element))
    return DenseElementsAttr::get(type, numbers);
  SmallVector<APFloat> floats;
  for (const APInt &n : numbers)
    floats.emplace_back(cast<FloatType>(element).getFloatSemantics(), n);
  return DenseElementsAttr::get(type, floats);
}

/// Checks an external file's name: inside the model's folder, a regular file,
/// no link out of it (DESIGN 7).
static llvm::Error checkExternal(const onnx::TensorProto &proto,
                                 StringRef modelPath, StringRef location) {
  namespace path = llvm::sys::path;
  if (location.empty() || path::is_absolute(location))
    return fail(proto, "external data '" + llvm::Twine(location) +
                           "' is not a path relative to the model");
  for (auto part = path::begin(location); part != path::end(location); ++part)
    if (*part == "..")
      return fail(proto, "external data '" + llvm::Twine(location) +
                             "' leaves the model's folder");
  SmallString<256> folder(path::parent_path(modelPath)), realFolder, realFile;
  if (folder.empty())
    folder = ".";
  SmallString<256> file(folder);
  path::append(file, location);
  if (llvm::sys::fs::real_path(folder, realFolder) ||
      llvm::sys::fs::real_path(file, realFile))
    return fail(proto,
                "external data '" + llvm::Twine(location) + "' cannot be read");
  if (!StringRef(realFile).starts_with((realFolder + "/").str()))
    return fail(proto, "external data '" + llvm::Twine(location) +
                           "' is a link out of the model's folder");
  if (!llvm::sys::fs::is_regular_file(file))
    return fail(proto, "external data '" + llvm::Twine(location) +
                           "' is not a regular file");
  return llvm::Error::success();
}

/// Makes (or finds) the symbol of a tensor whose bytes stay in a file; an
/// empty name where they are not in one.
llvm::Expected<std::string> Initializers::weight(const onnx::TensorProto &proto,
                                                 RankedTensorType type,
                                                 DType dtype) {
  std::string file = llvm::sys::path::filename(path).str();
  uint64_t need = fileBytes(dtype, *elementCount(proto));
  uint64_t offset = 0, length = need;
  const char *encoding = "raw";
  if (proto.data_location() == onnx::TensorProto::EXTERNAL) {
    std::string location;
    length = 0;
    for (auto &entry : proto.external_data()) {
      StringRef value = entry.value();
      if (entry.key() == "location")
        location = entry.value();
      else if (entry.key() == "offset" && value.getAsInteger(10, offset))
        return fail(proto, "external data offset '" + entry.value() +
                               "' is not a number");
      else if (entry.key() == "length" && value.getAsInteger(10, length))
        return fail(proto, "external data length '" + entry.value() +
                               "' is not a number");
    }
    if (llvm::Error e = checkExternal(proto, path, location))
      return std::move(e);
    SmallString<256> full(llvm::sys::path::parent_path(path));
    llvm::sys::path::append(full, location);
    uint64_t size = 0;
    if (llvm::sys::fs::file_size(full, size))
      return fail(proto, "external data '" + location + "' cannot be read");
    if (length == 0) // not given: what the tensor needs
      length = need;
    if (length != need)
      return fail(proto, "its shape and type need " + llvm::Twine(need) +
                             " bytes, but its external data gives " +
                             llvm::Twine(length));
    if (offset > size || need > size - offset)
      return fail(proto, "its shape and type need " + llvm::Twine(need) +
                             " bytes at offset " + llvm::Twine(offset) +
                             " of '" + location + "', which has " +
                             llvm::Twine(size));
    file = location;
  } else {
    StringRef payload = proto.raw_data();
    if (!proto.has_raw_data()) {
      // Only float and double fields lie in the file as element bytes.
      if (dtype == DType::Float)
        payload = {reinterpret_cast<const char *>(proto.float_data().data()),
                   size_t(proto.float_data_size()) * 4};
      else if (dtype == DType::Double)
        payload = {reinterpret_cast<const char *>(proto.double_data().data()),
                   size_t(proto.double_data_size()) * 8};
      else
        return std::string();
    }
    if (payload.size() != need)
      return fail(proto, "its shape and type need " + llvm::Twine(need) +
                             " bytes, but its data has " +
                             llvm::Twine(payload.size()));
    auto [at, end] = scan.payloads.equal_range(need);
    for (; at != end; ++at)
      if (bytes.substr(at->second, need) == payload)
        break;
    if (at == end)
      return std::string();
    offset = at->second;
  }
  std::string key = file + ":" + std::to_string(offset) + ":" +
                    std::to_string(length) + encoding;
  llvm::raw_string_ostream(key) << type;
  std::string &symbol = symbols[key];
  if (symbol.empty()) {
    symbol = "weight_" + std::to_string(symbols.size() - 1);
    OpBuilder atEnd = OpBuilder::atBlockBegin(module.getBody());
    if (symbols.size() > 1)
      for (Operation &op : llvm::reverse(*module.getBody()))
        if (isa<model::WeightOp>(op)) {
          atEnd.setInsertionPointAfter(&op);
          break;
        }
    model::WeightOp::create(atEnd,
                            NameLoc::get(atEnd.getStringAttr(proto.name())),
                            symbol, file, offset, length, encoding, type);
  }
  return symbol;
}

/// Zero points of many channels, which are mostly one and the same number: a
/// vector of equal bytes is a constant of any length, not a weight.
static bool isVectorOfEqualBytes(const onnx::TensorProto &proto, DType dtype) {
  StringRef bytes = proto.raw_data();
  return proto.dims_size() == 1 && storageBits(dtype) == 8 &&
         isInteger(dtype) && !bytes.empty() &&
         int64_t(bytes.size()) == proto.dims(0) &&
         bytes.find_first_not_of(bytes[0]) == StringRef::npos;
}

llvm::Expected<Tensor> Initializers::import(const onnx::TensorProto &proto,
                                            OpBuilder &b, Location loc) {
  auto dtype = static_cast<DType>(proto.data_type());
  Type element = elementType(b.getContext(), dtype);
  if (!element)
    return fail(proto, "has type " + dtypeName(dtype) +
                           ", which has no compiled form");
  auto count = elementCount(proto);
  if (!count)
    return fail(proto, "its dimensions are negative or too large");
  auto type = RankedTensorType::get(
      SmallVector<int64_t>(proto.dims().begin(), proto.dims().end()), element);
  Tensor tensor;
  tensor.dtype = dtype;
  for (int64_t dim : proto.dims())
    tensor.dims.push_back(b.getIndexAttr(dim));
  bool external = proto.data_location() == onnx::TensorProto::EXTERNAL;
  if (external || (fileBytes(dtype, *count) > maxInlineBytes &&
                   !isVectorOfEqualBytes(proto, dtype))) {
    auto symbol = weight(proto, type, dtype);
    if (!symbol)
      return symbol.takeError();
    if (!symbol->empty()) {
      tensor.value = model::LoadWeightOp::create(b, loc, type, *symbol);
      return tensor;
    }
  }
  auto bytes = decodeTensor(proto);
  if (!bytes)
    return bytes.takeError();
  DenseElementsAttr dense = denseElements(type, dtype, *bytes);
  if ((isInteger(dtype) || dtype == DType::Bool) && *count <= maxElements &&
      type.getRank() <= 1) {
    bool isSigned = isSignedInteger(dtype);
    tensor.elements.emplace();
    for (const APInt &n : dense.getValues<APInt>())
      tensor.elements->push_back(
          b.getIndexAttr(isSigned ? n.getSExtValue() : n.getZExtValue()));
  }
  tensor.value = arith::ConstantOp::create(b, loc, type, dense);
  return tensor;
}

} // namespace niello::onnx_frontend
