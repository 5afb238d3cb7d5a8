# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# For projects that use compiled models:
#
#   include(<niello>/tools/cmake/NielloModel.cmake)
#   niello_add_model(classifier MODEL classifier.onnx)
#   target_link_libraries(app PRIVATE classifier)
#
# niello_add_model(<target>
#   MODEL <file>          an ONNX file, relative to the source folder
#   [TARGET <machine>]    one of `niello targets`; this machine without it
#   [FLAGS <flag>...])    other flags of `niello compile`
#
# A static library that is compiled again when the model or niello changes.
# `#include "<target>.h"` gives its typed functions.

get_filename_component(NIELLO_ROOT "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
find_program(NIELLO_PROGRAM niello HINTS ${NIELLO_ROOT}/build/bin REQUIRED)

function(niello_add_model target)
  cmake_parse_arguments(ARG "" "MODEL;TARGET" "FLAGS" ${ARGN})
  get_filename_component(model "${ARG_MODEL}" ABSOLUTE)
  if(ARG_TARGET)
    list(APPEND ARG_FLAGS --target=${ARG_TARGET})
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}.niello)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(OUTPUT ${folder}/${target}.a ${folder}/${target}.h
    COMMAND ${NIELLO_PROGRAM} compile ${model} --emit=static
      -o ${folder}/${target}.a ${ARG_FLAGS}
    DEPENDS ${model} ${NIELLO_PROGRAM}
    COMMENT "Compiling ${ARG_MODEL}" VERBATIM)
  add_custom_target(${target}-model DEPENDS ${folder}/${target}.a)
  find_package(Threads REQUIRED)
  add_library(${target} INTERFACE)
  add_dependencies(${target} ${target}-model)
  target_include_directories(${target} INTERFACE
    ${folder} ${NIELLO_ROOT}/runtime/include)
  target_link_libraries(${target} INTERFACE
    ${folder}/${target}.a Threads::Threads)
endfunction()
