# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# find_package(dlc) for the users of an installed dlc.
include(CMakePackageConfigHelpers)
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/dlcConfig.cmake.in" "${PROJECT_BINARY_DIR}/dlcConfig.cmake"
  INSTALL_DESTINATION lib/cmake/dlc NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/dlcConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/dlcConfig.cmake" "${PROJECT_BINARY_DIR}/dlcConfigVersion.cmake"
  DESTINATION lib/cmake/dlc)
