/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Models and what they say of themselves. */

#include "runtime/core/session.h"

#include <stdlib.h>
#include <string.h>

niello_status niello_open(const niello_model_desc *desc, niello_model **model,
                          niello_message *why) {
  char *text = why ? why->text : NULL;
  say(text, "%s", "");
  *model = NULL;
  if (!desc) {
    say(text, "needs a model's descriptor, but got NULL");
    return NIELLO_BAD_ARGUMENT;
  }
  if (desc->abi_version != NIELLO_ABI_VERSION ||
      desc->size < sizeof(niello_model_desc)) {
    say(text,
        "this runtime needs ABI version %d, but the model has version %u; "
        "compile it with the same version of niello",
        NIELLO_ABI_VERSION, (unsigned)desc->abi_version);
    return NIELLO_WRONG_VERSION;
  }
  niello_model *made = malloc(sizeof(*made));
  if (!made) {
    say(text, "not enough memory for a model");
    return NIELLO_NO_MEMORY;
  }
  machine cpu = this_machine();
  made->desc = desc;
  made->level = best_level(desc, &cpu);
  *model = made;
  return NIELLO_OK;
}

void niello_close(niello_model *model) { free(model); }

const niello_model_desc *niello_descriptor_of(const niello_model *model) {
  return model->desc;
}

const niello_entry_desc *niello_entry(const niello_model *model, size_t index) {
  return index < model->desc->num_entries ? AT(model->desc->entries, index)
                                          : NULL;
}

const niello_symbol_desc *niello_symbol(const niello_model *model,
                                        size_t index) {
  return index < model->desc->num_symbols ? AT(model->desc->symbols, index)
                                          : NULL;
}

const niello_tensor_desc *niello_input(const niello_entry_desc *entry,
                                       size_t index) {
  return index < entry->num_inputs ? AT(entry->inputs, index) : NULL;
}

const niello_tensor_desc *niello_output(const niello_entry_desc *entry,
                                        size_t index) {
  return index < entry->num_outputs ? AT(entry->outputs, index) : NULL;
}

const niello_entry_desc *niello_find_entry(const niello_model *model,
                                           const char *name) {
  for (uint32_t i = 0; i < model->desc->num_entries; ++i) {
    const niello_entry_desc *entry = AT(model->desc->entries, i);
    if (!name || !strcmp(entry->name, name))
      return entry;
  }
  return NULL;
}

const char *niello_dtype_name(int32_t dtype) {
  switch (dtype) {
#define NAME(name, number, text, bytes, numpy)                                 \
  case number:                                                                 \
    return text;
    NIELLO_DTYPES(NAME)
#undef NAME
  }
  return NULL;
}

size_t niello_dtype_size(int32_t dtype) {
  switch (dtype) {
#define SIZE(name, number, text, bytes, numpy)                                 \
  case number:                                                                 \
    return bytes;
    NIELLO_DTYPES(SIZE)
#undef SIZE
  }
  return 0;
}
