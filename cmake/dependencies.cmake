# Everything from outside, as Debian packages it. No version is pinned.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(CURL REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(GTest CONFIG REQUIRED)
find_package(benchmark CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
pkg_check_modules(ARGON2 REQUIRED IMPORTED_TARGET libargon2)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(OATH REQUIRED IMPORTED_TARGET liboath)
pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd)
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

# Word lists, read when building only (suite_common_passwords).
foreach(list IN ITEMS john-data=/usr/share/john/password.lst cracklib-runtime=/usr/share/dict/cracklib-small
    hunspell-ru=/usr/share/hunspell/ru_RU.dic)
  string(REGEX MATCH "^([^=]+)=(.+)$" _ ${list})
  if(NOT EXISTS ${CMAKE_MATCH_2})
    message(FATAL_ERROR "${CMAKE_MATCH_2} is missing: install the Debian package ${CMAKE_MATCH_1} (tools/setup does)")
  endif()
  list(APPEND SUITE_WORD_LISTS ${CMAKE_MATCH_2})
endforeach()

# Debian names the shared library; elsewhere only the plain target exists.
if(TARGET RocksDB::rocksdb-shared)
  set(SUITE_ROCKSDB RocksDB::rocksdb-shared)
else()
  set(SUITE_ROCKSDB RocksDB::rocksdb)
endif()

# Precompiled headers, each carried by a library that has nothing else. Headers from outside only, so that the layer
# check (tools/check_layers.py) sees all of ours; a room's own come on top (suite_precompile).
function(suite_pch NAME)
  cmake_parse_arguments(ARG "" "" "HEADERS;LINK" ${ARGN})
  add_library(${NAME} STATIC ${CMAKE_SOURCE_DIR}/cmake/pch.cc)
  target_link_libraries(${NAME} PUBLIC suite_options absl::status absl::statusor absl::strings absl::time ${ARG_LINK}
    PRIVATE suite_warnings)
  set(${NAME}_HEADERS ${ARG_HEADERS} PARENT_SCOPE)
  if(SUITE_PCH)
    target_precompile_headers(${NAME} PRIVATE ${ARG_HEADERS})
  endif()
endfunction()

set(everywhere <algorithm> <array> <cstdint> <functional> <map> <memory> <optional> <set> <string> <utility> <vector>
  <absl/functional/any_invocable.h> <absl/functional/function_ref.h> <absl/hash/hash.h> <absl/status/status.h>
  <absl/status/statusor.h> <absl/strings/ascii.h> <absl/strings/str_cat.h> <absl/strings/string_view.h> <absl/time/time.h>)
set(messages <google/protobuf/struct.pb.h>)  # all that generated messages include
set(calls ${messages} <grpcpp/grpcpp.h>)
set(tests <filesystem> <gmock/gmock.h> <gtest/gtest.h>)
suite_pch(suite_pch HEADERS ${everywhere} LINK absl::any_invocable absl::function_ref absl::hash)
suite_pch(suite_record_pch HEADERS ${everywhere} ${messages} LINK protobuf::libprotobuf)
suite_pch(suite_grpc_pch HEADERS ${everywhere} ${calls} LINK gRPC::grpc++)
suite_pch(suite_program_pch HEADERS ${everywhere} ${calls} <filesystem> <CLI/CLI.hpp> <nlohmann/json.hpp>
  LINK gRPC::grpc++ CLI11::CLI11 nlohmann_json::nlohmann_json)
suite_pch(suite_test_pch HEADERS ${everywhere} ${tests} LINK GTest::gmock GTest::gtest)
suite_pch(suite_grpc_test_pch HEADERS ${everywhere} ${calls} ${tests} LINK GTest::gmock GTest::gtest gRPC::grpc++)
