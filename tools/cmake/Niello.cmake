# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The functions that a folder's CMakeLists.txt calls. A folder is one call: the
# TableGen steps, the documentation page, include paths, the precompiled header
# and the registration are the function's business.

include_guard()

include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
include_directories(${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
separate_arguments(definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
# HandleLLVMOptions sets it too, with another spelling: a warning a file.
list(REMOVE_ITEM definitions -D_GLIBCXX_USE_CXX11_ABI=1)
add_definitions(${definitions})
unset(definitions)

if(NIELLO_ASSERTS)
  foreach(flags CMAKE_CXX_FLAGS_RELEASE CMAKE_CXX_FLAGS_RELWITHDEBINFO
                CMAKE_C_FLAGS_RELEASE CMAKE_C_FLAGS_RELWITHDEBINFO)
    string(REPLACE "-DNDEBUG" "" ${flags} "${${flags}}")
  endforeach()
endif()
if(NIELLO_FUZZERS)
  # vptr and function would ask for type information of MLIR's own classes.
  set(checks -fsanitize=address,undefined -fno-sanitize=vptr,function
    -fno-sanitize-recover=undefined)
  add_compile_options(${checks} -fsanitize=fuzzer-no-link)
  add_link_options(${checks})
endif()
# The time of a compile is spent inside libMLIR and libLLVM, not here.
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")

# Every header that TableGen writes, so that a file may include the generated
# header of any folder; and the pages it writes (`ninja docs`).
add_custom_target(niello-headers)
add_custom_target(docs)

# One precompiled header; every library below reuses it.
file(WRITE ${CMAKE_BINARY_DIR}/tools/cmake/Precompiled.cpp
  "// Holds the precompiled header.\n")
add_library(niello-pch OBJECT ${CMAKE_BINARY_DIR}/tools/cmake/Precompiled.cpp)
target_precompile_headers(niello-pch PRIVATE
  ${CMAKE_SOURCE_DIR}/tools/cmake/Precompiled.h)

# niello_add_subfolders(<folder>...)
#
# Adds each named folder that has a CMakeLists.txt; without a name, every
# subfolder that has one, in the order of the alphabet.
function(niello_add_subfolders)
  set(folders ${ARGN})
  if(NOT folders)
    file(GLOB lists RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS
      ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
    list(SORT lists)
    foreach(list ${lists})
      get_filename_component(folder ${list} DIRECTORY)
      list(APPEND folders ${folder})
    endforeach()
  endif()
  foreach(folder ${folders})
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt)
      add_subdirectory(${folder})
    endif()
  endforeach()
endfunction()

# niello_add_library(<name>
#   SOURCES <file>...
#   [LINK_LIBS <target>...]  targets of ours; MLIR and LLVM are always there
#   [NO_PCH])                for a library with compile options of its own
#
# A static library of C++ sources. A .cpp of the folder that is not listed here
# stops the configuration.
function(niello_add_library name)
  cmake_parse_arguments(ARG "NO_PCH" "" "SOURCES;LINK_LIBS" ${ARGN})
  _niello_check_listed(${ARG_SOURCES})
  add_library(${name} STATIC ${ARG_SOURCES})
  add_dependencies(${name} niello-headers)
  if(NOT ARG_NO_PCH)
    target_precompile_headers(${name} REUSE_FROM niello-pch)
  endif()
  _niello_link(${name} PUBLIC ${ARG_LINK_LIBS})
endfunction()

# niello_add_dialect(<name>
#   TD <Name>Ops.td            the file that defines the dialect and its ops;
#                              it includes the families' files
#   SOURCES <file>...
#   [ENUMS <file>.td...]       enums, each file -> <file>.h.inc, <file>.cpp.inc
#   [INTERFACES <file>.td...]  op interfaces -> <file>.h.inc, <file>.cpp.inc
#   [REWRITES <file>.td...]    declarative rewrites -> <file>.inc
#   [EXTENSIONS <function>...] functions of niello::<name> in <Name>.h that take
#                              a DialectRegistry & (external models)
#   [NO_TYPES]                 the dialect has neither types nor attributes
#   [LINK_LIBS <target>...])
#
# The library niello-dialect-<name>. TableGen's files have the same path in the
# build folder: dialects/<name>/<Name>Ops.{h,cpp}.inc, <Name>Dialect...,
# <Name>Types... and <Name>Attrs... . The dialect's class is
# niello::<name>::<Name>Dialect, declared in dialects/<name>/<Name>.h; niello
# and niello-opt register it. The page is docs/<name>.md.
function(niello_add_dialect name)
  cmake_parse_arguments(ARG "NO_TYPES" "TD"
    "SOURCES;ENUMS;INTERFACES;REWRITES;EXTENSIONS;LINK_LIBS" ${ARGN})
  string(REGEX REPLACE "Ops\\.td$" "" class "${ARG_TD}")

  set(LLVM_TARGET_DEFINITIONS ${ARG_TD})
  mlir_tablegen(${class}Ops.h.inc -gen-op-decls)
  mlir_tablegen(${class}Ops.cpp.inc -gen-op-defs)
  mlir_tablegen(${class}Dialect.h.inc -gen-dialect-decls -dialect=${name})
  mlir_tablegen(${class}Dialect.cpp.inc -gen-dialect-defs -dialect=${name})
  if(NOT ARG_NO_TYPES)
    mlir_tablegen(${class}Types.h.inc
      -gen-typedef-decls -typedefs-dialect=${name})
    mlir_tablegen(${class}Types.cpp.inc
      -gen-typedef-defs -typedefs-dialect=${name})
    mlir_tablegen(${class}Attrs.h.inc
      -gen-attrdef-decls -attrdefs-dialect=${name})
    mlir_tablegen(${class}Attrs.cpp.inc
      -gen-attrdef-defs -attrdefs-dialect=${name})
  endif()
  foreach(td ${ARG_ENUMS})
    get_filename_component(stem ${td} NAME_WE)
    set(LLVM_TARGET_DEFINITIONS ${td})
    mlir_tablegen(${stem}.h.inc -gen-enum-decls)
    mlir_tablegen(${stem}.cpp.inc -gen-enum-defs)
  endforeach()
  foreach(td ${ARG_INTERFACES})
    get_filename_component(stem ${td} NAME_WE)
    set(LLVM_TARGET_DEFINITIONS ${td})
    mlir_tablegen(${stem}.h.inc -gen-op-interface-decls)
    mlir_tablegen(${stem}.cpp.inc -gen-op-interface-defs)
  endforeach()
  foreach(td ${ARG_REWRITES})
    get_filename_component(stem ${td} NAME_WE)
    set(LLVM_TARGET_DEFINITIONS ${td})
    mlir_tablegen(${stem}.inc -gen-rewriters)
  endforeach()
  _niello_headers_done(dialect-${name})
  _niello_doc(${ARG_TD} ${name} -gen-dialect-doc -dialect=${name})

  niello_add_library(niello-dialect-${name}
    SOURCES ${ARG_SOURCES} LINK_LIBS ${ARG_LINK_LIBS})

  _niello_register("dialects/${name}/${class}.h" niello-dialect-${name}
    "registry.insert<${name}::${class}Dialect>()")
  foreach(extension ${ARG_EXTENSIONS})
    _niello_register_dialects("${name}::${extension}(registry)")
  endforeach()
endfunction()

# niello_add_passes(<folder>      with "-" for "/": raise, lower-cpu
#   [SOURCES <file>...]           what is not a pass: helpers of several passes
#   [EXTENSIONS <function>...]    functions of niello in Passes.h that take a
#                                 DialectRegistry & (external models)
#   [LINK_LIBS <target>...])
#
# The library niello-passes-<folder>. A pass is one file, so the sources follow
# from Passes.td: `def FoldScale : Pass<...>` is FoldScale.cpp. Passes.td
# becomes Passes.h.inc, whose register<Folder>Passes() niello-opt calls; Passes.h
# includes it inside namespace niello. The page is docs/passes-<folder>.md.
function(niello_add_passes folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;EXTENSIONS;LINK_LIBS" ${ARGN})
  set(class "")
  string(REPLACE "-" ";" words ${folder})
  foreach(word ${words})
    string(SUBSTRING ${word} 0 1 first)
    string(SUBSTRING ${word} 1 -1 rest)
    string(TOUPPER ${first} first)
    string(APPEND class ${first}${rest})
  endforeach()

  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS Passes.td)
  file(STRINGS Passes.td definitions REGEX "^def [A-Za-z0-9]+ *:")
  foreach(definition ${definitions})
    string(REGEX REPLACE "^def ([A-Za-z0-9]+).*" "\\1.cpp" source
      "${definition}")
    list(APPEND ARG_SOURCES ${source})
  endforeach()
  list(REMOVE_DUPLICATES ARG_SOURCES)

  set(LLVM_TARGET_DEFINITIONS Passes.td)
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name=${class})
  _niello_headers_done(passes-${folder})
  _niello_doc(Passes.td passes-${folder} -gen-pass-doc)

  niello_add_library(niello-passes-${folder}
    SOURCES ${ARG_SOURCES} LINK_LIBS ${ARG_LINK_LIBS})

  string(REPLACE "-" "/" path ${folder})
  _niello_register("passes/${path}/Passes.h" niello-passes-${folder} "")
  set_property(GLOBAL APPEND PROPERTY NIELLO_REGISTER_PASSES
    "register${class}Passes()")
  foreach(extension ${ARG_EXTENSIONS})
    _niello_register_dialects("${extension}(registry)")
  endforeach()
endfunction()

# niello_add_tool(<name>
#   SOURCES <file>...
#   [LINK_LIBS <target>...])
#
# A program in build/bin that may call everything of ours and of MLIR.
function(niello_add_tool name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK_LIBS" ${ARGN})
  _niello_check_listed(${ARG_SOURCES})
  add_executable(${name} ${ARG_SOURCES})
  add_dependencies(${name} niello-headers)
  target_precompile_headers(${name} REUSE_FROM niello-pch)
  _niello_link(${name} PRIVATE ${ARG_LINK_LIBS})
  set_property(GLOBAL APPEND PROPERTY NIELLO_TOOLS ${name})
endfunction()

# niello_add_runtime(<name>
#   SOURCES <file>.c...
#   [OPTIONS <flag>...])  more compile options
#
# The archive build/lib/niello/<flavour>/lib<name>.a for both flavours of C
# library that an artefact may use: `musl` (static executables) and `gnu`
# (libraries). C11, no LLVM, nothing exported unless the source says so.
function(niello_add_runtime name)
  cmake_parse_arguments(ARG "" "" "SOURCES;OPTIONS" ${ARGN})
  set(options -std=c11 -O2 -fPIC -fvisibility=hidden -ffunction-sections
    -fdata-sections -Wall -Wextra -Werror
    -I${CMAKE_SOURCE_DIR} -I${CMAKE_SOURCE_DIR}/runtime/include ${ARG_OPTIONS})
  set(musl --target=x86_64-linux-musl -nostdlibinc
    -isystem /usr/include/x86_64-linux-musl)
  set(gnu --target=x86_64-linux-gnu)
  foreach(flavour musl gnu)
    set(objects "")
    foreach(source ${ARG_SOURCES})
      set(object ${CMAKE_CURRENT_BINARY_DIR}/${flavour}/${source}.o)
      get_filename_component(folder ${object} DIRECTORY)
      file(MAKE_DIRECTORY ${folder})
      add_custom_command(OUTPUT ${object}
        COMMAND ${CMAKE_C_COMPILER} ${${flavour}} ${options} -MD -MF ${object}.d
          -c ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
        DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source} DEPFILE ${object}.d
        COMMENT "Building ${flavour} runtime object ${source}" VERBATIM)
      list(APPEND objects ${object})
    endforeach()
    set(archive ${CMAKE_BINARY_DIR}/lib/niello/${flavour}/lib${name}.a)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib/niello/${flavour})
    add_custom_command(OUTPUT ${archive}
      COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
      COMMAND ${LLVM_TOOLS_BINARY_DIR}/llvm-ar rcsD ${archive} ${objects}
      DEPENDS ${objects} COMMENT "Archiving ${flavour} ${name}" VERBATIM)
    list(APPEND archives ${archive})
  endforeach()
  add_custom_target(${name} ALL DEPENDS ${archives})
  set_property(GLOBAL APPEND PROPERTY NIELLO_RUNTIME ${name})
endfunction()

# niello_add_fuzzer(<name>
#   SOURCES <file>...
#   [LINK_LIBS <target>...])
#
# A libFuzzer program in bin/, only where the build was configured with
# -DNIELLO_FUZZERS=ON, which instruments all C++ of ours; test/fuzz/run.py keeps
# such a build. There, niello and niello-opt are instrumented too.
function(niello_add_fuzzer name)
  if(NIELLO_FUZZERS)
    niello_add_tool(${name} ${ARGN})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()

# niello_find_onnx()
#
# Finds the ONNX C++ library that tools/cmake/build_onnx.sh puts into the cache
# folder. Link it as $<LINK_LIBRARY:WHOLE_ARCHIVE,ONNX::onnx>: its operator
# schemas register themselves and a linker would drop them. What includes its
# headers needs exceptions: niello_add_library(... NO_PCH) and -fexceptions.
function(niello_find_onnx)
  set(cache "$ENV{NIELLO_CACHE}")
  if(NOT cache)
    set(cache "$ENV{HOME}/.cache/niello")
  endif()
  # Its config asks for Protobuf's own config, which Debian does not ship:
  # CMake's module defines the same targets.
  set(Protobuf_DIR ${CMAKE_SOURCE_DIR}/tools/cmake/protobuf)
  find_package(Protobuf MODULE REQUIRED)
  find_package(ONNX 1.23 CONFIG GLOBAL
    PATHS ${cache}/onnx-1.23.2/install NO_DEFAULT_PATH)
  if(NOT ONNX_FOUND)
    message(FATAL_ERROR
      "Niello reads ONNX files with the ONNX C++ library 1.23 and did not find "
      "it under ${cache}. Build it once (5 minutes) with "
      "tools/cmake/build_onnx.sh.")
  endif()
endfunction()

# niello_write_registry()
#
# Called once, after the last folder: the library niello-registry, which knows
# every dialect and pass that the calls above have named, so that a new folder
# is registered by being there. compiler/support/Registry.h declares it.
function(niello_write_registry)
  foreach(part INCLUDES DIALECTS PASSES LIBRARIES)
    get_property(${part} GLOBAL PROPERTY NIELLO_REGISTER_${part})
  endforeach()
  list(TRANSFORM INCLUDES REPLACE "(.+)" "#include \"\\1\"")
  list(TRANSFORM DIALECTS REPLACE "(.+)" "  \\1<semicolon>")
  list(TRANSFORM PASSES REPLACE "(.+)" "  \\1<semicolon>")
  foreach(part INCLUDES DIALECTS PASSES)
    list(JOIN ${part} "\n" ${part})
    string(REPLACE "<semicolon>" ";" ${part} "${${part}}")
  endforeach()
  configure_file(${CMAKE_SOURCE_DIR}/tools/cmake/Registry.cpp.in
    ${CMAKE_BINARY_DIR}/compiler/support/Registry.cpp @ONLY)
  niello_add_library(niello-registry
    SOURCES ${CMAKE_BINARY_DIR}/compiler/support/Registry.cpp
    LINK_LIBS ${LIBRARIES})
endfunction()

# The rest is for the functions above.

macro(_niello_headers_done name)
  add_custom_target(${name}-headers DEPENDS ${TABLEGEN_OUTPUT})
  add_dependencies(niello-headers ${name}-headers)
endmacro()

function(_niello_doc td page)
  set(LLVM_TARGET_DEFINITIONS ${td})
  set(TABLEGEN_OUTPUT "")
  tablegen(MLIR ${page}.md ${ARGN})
  add_custom_target(doc-${page}
    COMMAND ${CMAKE_COMMAND} -E copy_if_different
      ${CMAKE_CURRENT_BINARY_DIR}/${page}.md ${CMAKE_BINARY_DIR}/docs/${page}.md
    DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${page}.md)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/docs)
  add_dependencies(docs doc-${page})
endfunction()

function(_niello_register include library dialect)
  set_property(GLOBAL APPEND PROPERTY NIELLO_REGISTER_INCLUDES ${include})
  set_property(GLOBAL APPEND PROPERTY NIELLO_REGISTER_LIBRARIES ${library})
  if(dialect)
    _niello_register_dialects("${dialect}")
  endif()
endfunction()

function(_niello_register_dialects statement)
  set_property(GLOBAL APPEND PROPERTY NIELLO_REGISTER_DIALECTS "${statement}")
endfunction()

# Only the two shared libraries: a static MLIR or LLVM library beside them would
# register the same command line options twice, and the program dies at start.
# LINK_LIBS may name MLIR's libraries as documentation of what is used.
function(_niello_link name visibility)
  set(libraries ${ARGN})
  list(FILTER libraries EXCLUDE REGEX "^(MLIR|LLVM)[A-Za-z0-9]*$")
  target_link_libraries(${name} ${visibility} ${libraries} MLIR LLVM)
endfunction()

# A .cpp that nobody lists is dead code or a mistake.
function(_niello_check_listed)
  get_property(listed DIRECTORY PROPERTY NIELLO_LISTED)
  if(NOT listed)
    cmake_language(DEFER CALL _niello_check_folder)
  endif()
  set_property(DIRECTORY APPEND PROPERTY NIELLO_LISTED ${ARGN})
endfunction()

function(_niello_check_folder)
  get_property(listed DIRECTORY PROPERTY NIELLO_LISTED)
  file(GLOB sources RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS
    ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(REMOVE_ITEM sources ${listed})
  if(sources)
    message(FATAL_ERROR
      "${CMAKE_CURRENT_SOURCE_DIR}/CMakeLists.txt lists no target for: "
      "${sources}")
  endif()
endfunction()
