# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The build's own vocabulary: flags every target shares, and one function each for
# a library, a dialect and a tool.

add_library(dlc_flags INTERFACE)
target_include_directories(dlc_flags INTERFACE
  "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}" "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/lib"
  "${PROJECT_BINARY_DIR}/lib")
target_include_directories(dlc_flags SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
separate_arguments(definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_options(dlc_flags INTERFACE ${definitions} -Wall -Wextra -Werror -Wno-unused-parameter -Wno-deprecated-declarations
  $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)
if(DLC_SANITIZE)
  list(JOIN DLC_SANITIZE "," sanitizers)
  target_compile_options(dlc_flags INTERFACE -fsanitize=${sanitizers} -fno-omit-frame-pointer)
  target_link_options(dlc_flags INTERFACE -fsanitize=${sanitizers})
endif()
target_link_libraries(dlc_flags INTERFACE MLIR LLVM)

# All of MLIR's headers that the libraries have in common, parsed once.
add_library(dlc_pch OBJECT "${PROJECT_SOURCE_DIR}/cmake/Pch.cpp")
target_link_libraries(dlc_pch PRIVATE dlc_flags)
target_precompile_headers(dlc_pch PRIVATE "${PROJECT_SOURCE_DIR}/cmake/Pch.h")

# dlc_add_library(NAME LINK libs...): every .cpp of the current folder. A folder that
# has no .cpp yet gives an interface library, so that what links it still configures.
function(dlc_add_library name)
  cmake_parse_arguments(ARG "NO_PCH" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp *.h)
  if(NOT sources MATCHES "[.]cpp")
    add_library(${name} INTERFACE)
    list(TRANSFORM ARG_LINK REPLACE "(.+)" "$<TARGET_NAME_IF_EXISTS:\\1>")
    target_link_libraries(${name} INTERFACE dlc_flags ${ARG_LINK})
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC dlc_flags ${ARG_LINK})
  if(NOT ARG_NO_PCH)
    target_precompile_headers(${name} REUSE_FROM dlc_pch)
  endif()
  add_dependencies(${name} dlc_headers)
endfunction()

add_custom_target(dlc_headers)

# dlc_tablegen(TARGET FILE.td OUT gen-flag OUT gen-flag ...)
function(dlc_tablegen target td)
  set(LLVM_TARGET_DEFINITIONS ${td})
  set(pairs ${ARGN})
  while(pairs)
    list(POP_FRONT pairs out flag)
    separate_arguments(flag)
    mlir_tablegen(${out} ${flag} "-I${PROJECT_SOURCE_DIR}" "-I${MLIR_INCLUDE_DIRS}")
  endwhile()
  add_public_tablegen_target(${target})
  add_dependencies(dlc_headers ${target})
endfunction()

function(dlc_add_tool name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${name}.cpp)
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  target_precompile_headers(${name} REUSE_FROM dlc_pch)
  add_dependencies(${name} dlc_headers)
  install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()
