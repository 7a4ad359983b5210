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
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

# Debian names the shared library; elsewhere only the plain target exists.
if(TARGET RocksDB::rocksdb-shared)
  set(SUITE_ROCKSDB RocksDB::rocksdb-shared)
else()
  set(SUITE_ROCKSDB RocksDB::rocksdb)
endif()

add_library(suite_pch STATIC ${CMAKE_SOURCE_DIR}/cmake/pch.cc)
target_link_libraries(suite_pch PUBLIC suite_options PRIVATE suite_warnings PUBLIC absl::status absl::statusor absl::strings absl::time)
add_library(suite_test_pch STATIC ${CMAKE_SOURCE_DIR}/cmake/pch.cc)
target_link_libraries(suite_test_pch PUBLIC suite_options PRIVATE suite_warnings PUBLIC absl::status absl::statusor absl::strings absl::time
  GTest::gmock GTest::gtest)
if(SUITE_PCH)
  set(suite_pch_HEADERS <cstdint> <functional> <memory> <optional> <string> <utility> <vector>
    <absl/status/status.h> <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/strings/string_view.h>
    <absl/time/time.h>)
  set(suite_test_pch_HEADERS ${suite_pch_HEADERS} <gmock/gmock.h> <gtest/gtest.h>)
  target_precompile_headers(suite_pch PRIVATE ${suite_pch_HEADERS})
  target_precompile_headers(suite_test_pch PRIVATE ${suite_test_pch_HEADERS})
endif()
