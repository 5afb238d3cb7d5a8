// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// niello._runtime: the C API of the runtime (niello.h) for Python.
//
// Opens an artefact with dlopen and runs it on arrays that NumPy can show as
// buffers; types that NumPy lacks come as integers that carry their bits. The
// package around it (niello/model.py) knows about names and nice errors.

#include "niello/niello.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <memory>
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace nb = nanobind;
using Array = nb::ndarray<nb::ro, nb::device::cpu>;
using NumpyArray = nb::ndarray<nb::numpy>;

// Raises the exception that niello.errors has for a status.
[[noreturn]] static void raise(niello_status status, const std::string &text) {
  nb::object error = nb::module_::import_("niello.errors")
                         .attr("of_status")(int(status), text);
  PyErr_SetObject(error.type().ptr(), error.ptr());
  throw nb::python_error();
}

// The NumPy type that carries elements of a dtype; bits is 0 if there is none.
static nb::dlpack::dtype carrierOf(int32_t dtype) {
  using Code = nb::dlpack::dtype_code;
  const char *type = "";
  switch (dtype) {
#define CASE(name, number, text, bytes, numpy)                                 \
  case number:                                                                 \
    type = numpy;                                                              \
    break;
    NIELLO_DTYPES(CASE)
#undef CASE
  }
  Code code = *type == 'f'   ? Code::Float
              : *type == 'i' ? Code::Int
              : *type == 'u' ? Code::UInt
              : *type == 'b' ? Code::Bool
                             : Code::Complex;
  return {uint8_t(code), uint8_t(8 * niello_dtype_size(dtype)), 1};
}

// A model out of a shared library. The library stays open while a Library or
// one of its sessions is alive.
class Library {
public:
  explicit Library(const std::string &path)
      : handle(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (!handle)
      raise(NIELLO_BAD_ARGUMENT,
            "needs a model that niello compiled to a shared library: " +
                std::string(dlerror()));
    using GetModel = const niello_model_desc *(*)();
    auto get = reinterpret_cast<GetModel>(dlsym(handle, "niello_get_model"));
    niello_message why;
    niello_status status = NIELLO_BAD_ARGUMENT;
    std::string text = path + " is a shared library that niello did not make";
    if (get) {
      status = niello_open(get(), &model, &why);
      text = why.text;
    }
    if (status != NIELLO_OK) {
      dlclose(handle);
      raise(status, text);
    }
  }
  ~Library() {
    niello_close(model);
    dlclose(handle);
  }
  Library(const Library &) = delete;
  Library &operator=(const Library &) = delete;

  nb::dict describe() const {
    const niello_model_desc *descriptor = niello_descriptor_of(model);
    const niello_entry_desc *entry = niello_entry(model, 0);
    const char *level = niello_level(model);
    nb::dict result;
    result["name"] = descriptor->name;
    result["source"] = descriptor->source;
    result["hash"] = descriptor->hash;
    result["compiler"] = descriptor->compiler;
    result["level"] = level ? nb::object(nb::str(level)) : nb::none();
    nb::list inputs, outputs;
    for (size_t i = 0; i < entry->num_inputs; ++i)
      inputs.append(describe(*niello_input(entry, i)));
    for (size_t i = 0; i < entry->num_outputs; ++i)
      outputs.append(describe(*niello_output(entry, i)));
    result["inputs"] = inputs;
    result["outputs"] = outputs;
    return result;
  }

  niello_model *model = nullptr;

private:
  // (name, dtype, dims); a dim is a size, a symbol's name or None.
  nb::tuple describe(const niello_tensor_desc &tensor) const {
    nb::list dims;
    for (int i = 0; i < tensor.rank; ++i) {
      const niello_dim_desc &dim = tensor.dims[i];
      const niello_symbol_desc *symbol =
          dim.symbol < 0 ? nullptr : niello_symbol(model, dim.symbol);
      if (dim.size >= 0)
        dims.append(dim.size);
      else if (symbol)
        dims.append(symbol->name);
      else
        dims.append(nb::none());
    }
    return nb::make_tuple(tensor.name, niello_dtype_name(tensor.dtype), dims);
  }

  void *handle;
};

// One session: its own memory and threads, one run at a time.
class Session {
public:
  Session(std::shared_ptr<Library> library, uint32_t threads)
      : library(std::move(library)) {
    niello_session_options options = {sizeof(options), threads, nullptr};
    niello_message why;
    niello_status status =
        niello_session_create(this->library->model, &options, &session, &why);
    if (status != NIELLO_OK)
      raise(status, why.text);
  }
  ~Session() { niello_session_destroy(session); }
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  // Inputs in the model's order; `dtypes` are their niello_dtype numbers.
  // Returns the outputs in the model's order.
  std::vector<NumpyArray> run(const std::vector<Array> &arrays,
                              const std::vector<int32_t> &dtypes) {
    std::vector<std::vector<int64_t>> strides(arrays.size());
    std::vector<niello_tensor> inputs(arrays.size());
    for (size_t i = 0; i < arrays.size(); ++i)
      inputs[i] = tensorOf(arrays[i], dtypes[i], strides[i]);
    const niello_entry_desc *entry = niello_entry(library->model, 0);
    std::vector<niello_tensor> outputs(entry->num_outputs);
    niello_status status;
    {
      nb::gil_scoped_release release;
      status = niello_run(session, nullptr, inputs.data(), inputs.size(),
                          outputs.data(), outputs.size());
    }
    if (status != NIELLO_OK)
      raise(status, niello_error(session));
    std::vector<NumpyArray> result;
    for (const niello_tensor &output : outputs)
      result.push_back(copyOf(output));
    return result;
  }

private:
  static niello_tensor tensorOf(const Array &array, int32_t dtype,
                                std::vector<int64_t> &strides) {
    niello_tensor tensor = {};
    if (array.ndim() > NIELLO_MAX_RANK)
      raise(NIELLO_BAD_SHAPE,
            "needs arrays of at most " + std::to_string(NIELLO_MAX_RANK) +
                " dimensions, but got " + std::to_string(array.ndim()));
    tensor.data = const_cast<void *>(array.data());
    tensor.dtype = dtype;
    tensor.rank = int32_t(array.ndim());
    for (size_t i = 0; i < array.ndim(); ++i) {
      tensor.shape[i] = int64_t(array.shape(i));
      strides.push_back(array.stride(i) * int64_t(array.itemsize()));
    }
    tensor.strides = strides.data();
    return tensor;
  }

  // The session gives its output memory away until the next run only.
  static NumpyArray copyOf(const niello_tensor &tensor) {
    nb::dlpack::dtype type = carrierOf(tensor.dtype);
    size_t bytes = niello_dtype_size(tensor.dtype);
    std::vector<size_t> shape(tensor.shape, tensor.shape + tensor.rank);
    for (size_t size : shape)
      bytes *= size;
    void *data = std::malloc(bytes ? bytes : 1);
    if (!data)
      throw std::bad_alloc();
    if (bytes)
      memcpy(data, tensor.data, bytes);
    nb::capsule owner(data, [](void *memory) noexcept { std::free(memory); });
    return NumpyArray(data, shape.size(), shape.data(), owner, nullptr, type);
  }

  std::shared_ptr<Library> library;
  niello_session *session = nullptr;
};

NB_MODULE(_runtime, module) {
  module.doc() = "The runtime of compiled models (niello.h)";
  nb::class_<Library>(module, "Library")
      .def("describe", nb::overload_cast<>(&Library::describe, nb::const_));
  module.def("open", [](const std::string &path) {
    return std::make_shared<Library>(path);
  });
  nb::class_<Session>(module, "Session")
      .def(nb::init<std::shared_ptr<Library>, uint32_t>())
      .def("run", &Session::run);
  nb::dict dtypes;
#define ADD(name, number, text, bytes, numpy) dtypes[text] = number;
  NIELLO_DTYPES(ADD)
#undef ADD
  module.attr("DTYPES") = dtypes;
}
