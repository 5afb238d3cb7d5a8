// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "frontends/onnx/WireScan.h"

namespace niello::onnx_frontend {
namespace {

// An empty NodeProto takes about 150 bytes once parsed, so four million
// messages stay below a gigabyte; the largest exported graphs have 10^5.
constexpr uint64_t maxMessages = 4'000'000;
// If inside If inside ...; protobuf itself stops at 100 levels.
constexpr unsigned maxDepth = 96;
constexpr uint64_t minPayload = 1024;

/// The messages we descend into, as field numbers of onnx.proto.
enum class Message { Model, Graph, Node, Attribute, Tensor, Sparse, Function,
                     Opaque };

Message fieldMessage(Message in, uint64_t field) {
  switch (in) {
  case Message::Model:
    return field == 7    ? Message::Graph
           : field == 25 ? Message::Function
                         : Message::Opaque;
  case Message::Graph:
    return field == 1    ? Message::Node
           : field == 5  ? Message::Tensor
           : field == 15 ? Message::Sparse
                         : Message::Opaque;
  case Message::Function:
    return field == 7    ? Message::Node
           : field == 11 ? Message::Attribute
                         : Message::Opaque;
  case Message::Node:
    return field == 5 ? Message::Attribute : Message::Opaque;
  case Message::Attribute:
    return field == 5 || field == 10                  ? Message::Tensor
           : field == 6 || field == 11                ? Message::Graph
           : field == 22 || field == 23               ? Message::Sparse
                                                      : Message::Opaque;
  case Message::Sparse:
    return field == 1 || field == 2 ? Message::Tensor : Message::Opaque;
  default:
    return Message::Opaque;
  }
}

/// raw_data and the typed fields whose packed form is the element bytes or
/// varints of one tensor.
bool isPayload(uint64_t field) {
  return field == 9 || field == 4 || field == 5 || field == 7 || field == 10 ||
         field == 11;
}

class Scanner {
public:
  Scanner(llvm::StringRef bytes, WireScan &scan) : bytes(bytes), scan(scan) {}

  llvm::Error message(uint64_t at, uint64_t end, Message kind, unsigned depth) {
    if (++scan.messages > maxMessages)
      return fail(at, "more than 4000000 nested messages");
    if (depth > maxDepth)
      return fail(at, "messages nested more than 96 deep");
    while (at < end) {
      uint64_t key, length;
      uint64_t start = at;
      if (!varint(at, end, key))
        return fail(start, "a field key that does not end");
      switch (key & 7) {
      case 0:
        if (!varint(at, end, length))
          return fail(start, "a number that does not end");
        break;
      case 1:
        length = 8;
        if (end - at < length)
          return fail(start, "a field cut short");
        at += length;
        break;
      case 5:
        length = 4;
        if (end - at < length)
          return fail(start, "a field cut short");
        at += length;
        break;
      case 2: {
        if (!varint(at, end, length))
          return fail(start, "a length that does not end");
        if (length > end - at)
          return fail(start, "a field of " + llvm::Twine(length) +
                                 " bytes where " + llvm::Twine(end - at) +
                                 " are left");
        if (kind == Message::Tensor) {
          if (isPayload(key >> 3) && length > minPayload)
            scan.payloads.emplace(length, at);
        } else if (kind != Message::Opaque) {
          Message inner = fieldMessage(kind, key >> 3);
          if (inner == Message::Opaque) {
            if (++scan.messages > maxMessages)
              return fail(start, "more than 4000000 nested messages");
          } else if (llvm::Error e =
                         message(at, at + length, inner, depth + 1)) {
            return e;
          }
        }
        at += length;
        break;
      }
      default:
        return fail(start, "a field of unknown wire type " +
                               llvm::Twine(key & 7));
      }
    }
    return llvm::Error::success();
  }

private:
  bool varint(uint64_t &at, uint64_t end, uint64_t &out) {
    out = 0;
    for (unsigned shift = 0; shift < 64 && at < end; shift += 7) {
      uint8_t byte = bytes[at++];
      out |= uint64_t(byte & 0x7f) << shift;
      if (!(byte & 0x80))
        return true;
    }
    return false;
  }

  llvm::Error fail(uint64_t at, const llvm::Twine &what) {
    return llvm::createStringError("not a complete ONNX model: " + what +
                                   " at byte " + llvm::Twine(at));
  }

  llvm::StringRef bytes;
  WireScan &scan;
};

} // namespace

llvm::Expected<WireScan> scanModel(llvm::StringRef bytes) {
  WireScan scan;
  if (llvm::Error e = Scanner(bytes, scan).message(0, bytes.size(),
                                                   Message::Model, 0))
    return std::move(e);
  return scan;
}

} // namespace niello::onnx_frontend
