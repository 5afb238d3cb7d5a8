/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* One run: check, make inputs contiguous, call, hand out the outputs. */

#include "runtime/core/session.h"

#include <string.h>

/* Generated code may form addresses into an array that has no elements. */
static _Alignas(NIELLO_ALIGNMENT) unsigned char nothing[NIELLO_ALIGNMENT];

static niello_status begin(niello_session *session, const char *name,
                           const niello_entry_desc **entry) {
  session->error[0] = 0;
  *entry = niello_find_entry(session->model, name);
  if (*entry)
    return NIELLO_OK;
  const niello_entry_desc *first = niello_entry(session->model, 0);
  return refuse(session, NIELLO_BAD_ARGUMENT,
                "the model has no entry '%s'; its first is '%s'",
                name ? name : "", first ? first->name : "");
}

static niello_status no_memory(niello_session *session, const char *what,
                               const char *name, uint64_t bytes) {
  return refuse(session, NIELLO_NO_MEMORY,
                "not enough memory: %s '%s' needs %llu bytes", what, name,
                (unsigned long long)bytes);
}

/* A contiguous, aligned view of an input; a copy where there is none. */
static niello_status bind_input(niello_session *session,
                                const niello_tensor_desc *desc,
                                const niello_tensor *input,
                                niello_buffer *buffer) {
  const size_t element = niello_dtype_size(desc->dtype);
  uint64_t bytes = 0;
  count_bytes(input->shape, input->rank, element, &bytes);
  memcpy(buffer->dims, input->shape, sizeof(buffer->dims));
  if (bytes == 0) {
    buffer->data = nothing;
    return NIELLO_OK;
  }
  if (!input->data)
    return refuse(session, NIELLO_BAD_ARGUMENT,
                  "input '%s' needs %llu bytes of data, but got NULL",
                  desc->name, (unsigned long long)bytes);
  buffer->data = input->data;
  const size_t alignment = element < 8 ? element : 8;
  /* An output of the last run may be an input of this one: its block lives on,
   * but the arena is about to be written. */
  if (!is_contiguous(input) || (uintptr_t)input->data % alignment ||
      in_arena(session, input->data)) {
    buffer->data = take_block(session, bytes);
    if (!buffer->data)
      return no_memory(session, "input", desc->name, bytes);
    copy_array(buffer->data, NULL, input->data,
               is_contiguous(input) ? NULL : input->strides, input->shape,
               input->rank, element);
  }
  return check_values(session, desc, buffer->data, bytes);
}

/* Places an output in the session: where it lies, if that memory is ours. */
static niello_status place_output(niello_session *session,
                                  const niello_tensor_desc *desc,
                                  const niello_buffer *buffer, uint64_t bytes,
                                  niello_tensor *output) {
  output->dtype = desc->dtype;
  output->rank = desc->rank;
  memcpy(output->shape, buffer->dims, sizeof(output->shape));
  output->strides = NULL;
  output->device = NIELLO_CPU;
  output->memory = 0;
  output->data = buffer->data;
  if (bytes == 0)
    output->data = nothing;
  else if (!in_arena(session, buffer->data) &&
           !keep_block(session, buffer->data)) {
    output->data = take_block(session, bytes);
    if (!output->data)
      return no_memory(session, "output", desc->name, bytes);
    keep_block(session, output->data);
    memcpy(output->data, buffer->data, bytes);
  }
  return NIELLO_OK;
}

/* Shapes that only the run could tell, before anything is written. */
static niello_status check_result(niello_session *session,
                                  const niello_tensor_desc *desc,
                                  const niello_buffer *buffer,
                                  const niello_tensor *output,
                                  uint64_t *bytes) {
  if (!count_bytes(buffer->dims, desc->rank, niello_dtype_size(desc->dtype),
                   bytes))
    return refuse(session, NIELLO_FAILED_CHECK,
                  "output '%s' came out with impossible sizes", desc->name);
  for (uint32_t d = 0; output->data && d < desc->rank; ++d)
    if (output->shape[d] != buffer->dims[d])
      return refuse(session, NIELLO_BAD_SHAPE,
                    "output '%s' has size %lld in dimension %u, but the caller "
                    "gave room for %lld",
                    desc->name, (long long)buffer->dims[d], d,
                    (long long)output->shape[d]);
  return NIELLO_OK;
}

static niello_status hand_out(niello_session *session,
                              const niello_entry_desc *entry,
                              const niello_buffer *results,
                              niello_tensor *outputs) {
  uint64_t bytes;
  for (uint32_t i = 0; i < entry->num_outputs; ++i) {
    niello_status status = check_result(session, AT(entry->outputs, i),
                                        &results[i], &outputs[i], &bytes);
    if (status)
      return status;
  }
  for (uint32_t i = 0; i < entry->num_outputs; ++i) {
    const niello_tensor_desc *desc = AT(entry->outputs, i);
    niello_tensor *output = &outputs[i];
    size_t element = niello_dtype_size(desc->dtype);
    count_bytes(results[i].dims, desc->rank, element, &bytes);
    if (output->data) {
      if (bytes)
        copy_array(output->data, is_contiguous(output) ? NULL : output->strides,
                   results[i].data, NULL, results[i].dims, desc->rank, element);
      continue;
    }
    niello_status status =
        place_output(session, desc, &results[i], bytes, output);
    if (status) {
      output->data = NULL;
      return status;
    }
  }
  return NIELLO_OK;
}

typedef struct job {
  niello_entry_code code;
  const niello_buffer *inputs;
  niello_buffer *outputs;
} job;

static void run_code(context *call, void *argument) {
  const job *it = argument;
  it->code(&call->abi, it->inputs, it->outputs);
}

static niello_status run_entry(niello_session *session,
                               const niello_entry_desc *entry) {
  job it = {entry->code[session->model->level], session->buffers,
            session->buffers + entry->num_inputs};
  uint32_t before = enter_arithmetic();
  start_context(&session->call, session, false);
  bool done = guard(&session->call, run_code, &it);
  leave_arithmetic(before);
  if (done)
    return NIELLO_OK;
  return refuse(session, session->call.failure.code, "%s",
                session->call.failure.text);
}

niello_status niello_run(niello_session *session, const char *name,
                         const niello_tensor *inputs, size_t num_inputs,
                         niello_tensor *outputs, size_t num_outputs) {
  const niello_entry_desc *entry;
  niello_status status = begin(session, name, &entry);
  if (status || (status = check_inputs(session, entry, inputs, num_inputs)))
    return status;
  /* A caller that passes the tensors of the last run again wants new ones. */
  for (size_t i = 0; i < num_outputs && i < entry->num_outputs; ++i)
    if (outputs[i].data && was_output(session, outputs[i].data))
      outputs[i].data = NULL;
  if ((status = check_outputs(session, entry, outputs, num_outputs)))
    return status;
  ++session->run;
  expire_kept(session);
  session->arena_taken = false;
  for (size_t i = 0; !status && i < num_inputs; ++i)
    status = bind_input(session, AT(entry->inputs, i), &inputs[i],
                        &session->buffers[i]);
  if (!status)
    status = run_entry(session, entry);
  if (!status)
    status = hand_out(session, entry, session->buffers + num_inputs, outputs);
  give_ring(session, &session->live);
  end_spares(session, session->run);
  return status;
}

niello_status niello_output_shapes(niello_session *session, const char *name,
                                   const niello_tensor *inputs,
                                   size_t num_inputs, niello_tensor *outputs,
                                   size_t num_outputs) {
  const niello_entry_desc *entry;
  niello_status status = begin(session, name, &entry);
  if (status || (status = check_inputs(session, entry, inputs, num_inputs)))
    return status;
  if (num_outputs != entry->num_outputs)
    return refuse(session, NIELLO_BAD_ARGUMENT,
                  "entry '%s' needs %u output%s, but got %zu", entry->name,
                  (unsigned)entry->num_outputs,
                  entry->num_outputs == 1 ? "" : "s", num_outputs);
  for (size_t i = 0; i < num_outputs; ++i) {
    const niello_tensor_desc *desc = AT(entry->outputs, i);
    outputs[i].dtype = desc->dtype;
    outputs[i].rank = desc->rank;
    known_shape(session, desc, outputs[i].shape);
  }
  return NIELLO_OK;
}
