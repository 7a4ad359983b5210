# The build vocabulary. A CMakeLists.txt of this project consists of these calls only:
#
#   suite_proto(NAME FILES a.proto … [GRPC])   generated code, compiled without our warnings
#   suite_library(NAME [KIND k] [LINK …])      sources of this folder; tests beside them
#   suite_service(NAME)                        the rooms of a service and its binary
#   suite_common_passwords(TARGET OWN)         tables of passwords that are refused, for TARGET
#   suite_embed(TARGET NAMESPACE FUNCTION f …) files as text inside TARGET
#   suite_wording(TARGET f …)                  tables of the words of messages, for TARGET
#
# A room's dependencies are fixed here, so that a service cannot name another.
# Sources are found by pattern: x.cc belongs to the folder's library, x_test.cc to its test program,
# x_testing.cc to neither (a library of its own, NAME_testing).

add_library(suite_options INTERFACE)
target_include_directories(suite_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(suite_options INTERFACE -pthread -fPIE -fstack-protector-strong -fstack-clash-protection)
target_compile_definitions(suite_options INTERFACE _GLIBCXX_ASSERTIONS $<$<CONFIG:RelWithDebInfo>:_FORTIFY_SOURCE=2>)
target_link_options(suite_options INTERFACE -pthread -pie -Wl,-z,relro,-z,now)
# Times in a precompiled header would make ccache miss all that reads it; Ninja and ccache look at the contents.
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  target_compile_options(suite_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()
if(SUITE_SANITIZE)
  target_compile_options(suite_options INTERFACE -fsanitize=${SUITE_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(suite_options INTERFACE -fsanitize=${SUITE_SANITIZE})
endif()

add_library(suite_warnings INTERFACE)
target_compile_options(suite_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
  -Werror=switch
  $<$<CXX_COMPILER_ID:Clang>:-Wno-gnu-statement-expression>)

function(suite_proto NAME)
  cmake_parse_arguments(ARG "GRPC" "ROOT" "FILES;LINK" ${ARGN})
  if(NOT ARG_ROOT)
    set(ARG_ROOT ${CMAKE_SOURCE_DIR})
  endif()
  set(out ${CMAKE_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${out})
  set(messages)
  set(services)
  foreach(file ${ARG_FILES})
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    set(made ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
    set(flags --cpp_out=${out})
    list(APPEND messages ${out}/${stem}.pb.cc)
    file(STRINGS ${ARG_ROOT}/${file} has_service REGEX "^service ")
    if(ARG_GRPC AND has_service)
      list(APPEND made ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
      list(APPEND flags --grpc_out=${out} --plugin=protoc-gen-grpc=${GRPC_CPP_PLUGIN})
      list(APPEND services ${out}/${stem}.grpc.pb.cc)
    endif()
    add_custom_command(OUTPUT ${made}
      COMMAND protobuf::protoc -I ${ARG_ROOT} ${flags} ${ARG_ROOT}/${file}
      DEPENDS ${ARG_ROOT}/${file} VERBATIM)
  endforeach()
  # Nobody steps through generated code, and the library under it has no sanitizer either.
  set(quick -O0 -g0)
  if(SUITE_SANITIZE)
    list(APPEND quick -fno-sanitize=all)
  endif()
  set_source_files_properties(${messages} ${services} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Debug>:${quick}>")
  # g++ refuses a precompiled header of other debug options; clang does not mind.
  set(precompile OFF)
  if(SUITE_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL Clang AND NOT SUITE_SANITIZE)
    set(precompile ON)
  endif()
  add_library(${NAME} STATIC ${messages})
  target_include_directories(${NAME} SYSTEM PUBLIC ${out})
  target_link_libraries(${NAME} PUBLIC suite_options protobuf::libprotobuf ${ARG_LINK})
  if(ARG_GRPC)
    add_library(${NAME}_grpc STATIC ${services})
    target_link_libraries(${NAME}_grpc PUBLIC ${NAME} gRPC::grpc++)
    if(precompile)
      target_precompile_headers(${NAME}_grpc REUSE_FROM suite_grpc_pch)
    endif()
  endif()
  if(precompile)
    target_precompile_headers(${NAME} REUSE_FROM suite_record_pch)
  endif()
endfunction()

# The headers that every file of TARGET reads, read once: COMMON is what all targets of its kind share, the rest the
# target's own, whose precompiled form costs more than a file saves but less than three.
function(suite_precompile TARGET COMMON)
  if(NOT SUITE_PCH)
    return()
  endif()
  if(ARGN)
    target_precompile_headers(${TARGET} PRIVATE ${${COMMON}_HEADERS} ${ARGN})
  else()
    target_precompile_headers(${TARGET} REUSE_FROM ${COMMON})
  endif()
endfunction()

# What the sanitizers are told in every test; without halt_on_error undefined behaviour is printed and the test passes.
set(SUITE_TEST_ENVIRONMENT "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/cmake/tsan.supp"
  "UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1")

# A test program: LINK is what it may see, PCH what all its files include; PCH_OF names a target that has read it.
# gRPC tests carry the label that the thread-sanitizer lane leaves out.
function(suite_test NAME)
  cmake_parse_arguments(ARG "GRPC" "PCH_OF" "SOURCES;LINK;PCH" ${ARGN})
  if(NOT ARG_SOURCES)
    return()
  endif()
  set(common suite_test_pch)
  if(ARG_GRPC)
    set(common suite_grpc_test_pch)
  endif()
  add_executable(${NAME} ${ARG_SOURCES})
  target_link_libraries(${NAME} PRIVATE suite_warnings ${ARG_LINK} GTest::gmock GTest::gtest GTest::gtest_main)
  if(ARG_PCH_OF)
    set(common ${ARG_PCH_OF})
  endif()
  suite_precompile(${NAME} ${common} ${ARG_PCH})
  set_target_properties(${NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${NAME} COMMAND ${NAME} --gtest_brief=1)
  set_tests_properties(${NAME} PROPERTIES TIMEOUT 600
    ENVIRONMENT "${SUITE_TEST_ENVIRONMENT}")
  if(ARG_GRPC)
    set_tests_properties(${NAME} PROPERTIES LABELS grpc)
  endif()
endfunction()

# The library of DIR, or an empty interface library where DIR has no sources yet. KIND: what most of its files read
# ("" or record, grpc), PCH: headers of its own.
function(suite_room NAME DIR)
  cmake_parse_arguments(ARG "" "KIND" "LINK;PCH" ${ARGN})
  set(common suite_pch)
  if(ARG_KIND)
    set(common suite_${ARG_KIND}_pch)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${DIR}/*.cc)
  list(FILTER sources EXCLUDE REGEX "(_test|_testing|main)\\.cc$")
  if(sources)
    add_library(${NAME} STATIC ${sources})
    target_link_libraries(${NAME} PUBLIC suite_options ${ARG_LINK} PRIVATE suite_warnings)
    suite_precompile(${NAME} ${common} ${ARG_PCH})
  else()
    add_library(${NAME} INTERFACE)
    target_link_libraries(${NAME} INTERFACE suite_options ${ARG_LINK})
  endif()
endfunction()

function(suite_library NAME)
  cmake_parse_arguments(ARG "" "KIND" "LINK;TEST_LINK" ${ARGN})
  set(dir ${CMAKE_CURRENT_SOURCE_DIR})
  suite_room(${NAME} ${dir} KIND "${ARG_KIND}" LINK ${ARG_LINK})
  file(GLOB tests CONFIGURE_DEPENDS ${dir}/*_test.cc)
  # Tests that speak gRPC carry it in the name, so that the others stay in the thread-sanitizer lane.
  set(wire ${tests})
  list(FILTER wire INCLUDE REGEX "(wire|grpc)_test\\.cc$")
  list(FILTER tests EXCLUDE REGEX "(wire|grpc)_test\\.cc$")
  suite_test(${NAME}_test SOURCES ${tests} LINK ${NAME} common_testing ${ARG_TEST_LINK})
  suite_test(${NAME}_wire_test GRPC SOURCES ${wire} LINK ${NAME} common_testing ${ARG_TEST_LINK})
endfunction()

# services/NAME: domain → store → rpc, outbound → domain, main → all. CALLS lists the services whose contract
# outbound/ may use; their code stays out of reach.
function(suite_service NAME)
  cmake_parse_arguments(ARG "" "" "CALLS;DOMAIN_LINK;OUTBOUND_LINK;RPC_LINK" ${ARGN})
  set(dir ${CMAKE_CURRENT_SOURCE_DIR})
  suite_room(${NAME}_domain ${dir}/domain LINK common_base ${ARG_DOMAIN_LINK})
  suite_proto(${NAME}_records FILES services/${NAME}/store/records.proto)
  suite_room(${NAME}_store ${dir}/store KIND record LINK ${NAME}_domain ${NAME}_records common_kv common_crypto)
  set(calls)
  foreach(callee ${ARG_CALLS})
    list(APPEND calls ${callee}_v1_grpc)
  endforeach()
  suite_room(${NAME}_outbound ${dir}/outbound KIND grpc LINK ${NAME}_domain ${calls} common_rpc common_obs common_env
    common_crypto ${ARG_OUTBOUND_LINK})
  file(GLOB handlers CONFIGURE_DEPENDS ${dir}/rpc/*handlers.h)
  suite_room(${NAME}_rpc ${dir}/rpc LINK ${NAME}_store ${NAME}_outbound ${NAME}_v1_grpc common_rpc common_obs
    common_env common_crypto ${ARG_RPC_LINK} KIND record PCH ${handlers})

  file(GLOB tests CONFIGURE_DEPENDS ${dir}/domain/*_test.cc)
  suite_test(${NAME}_domain_test SOURCES ${tests} LINK ${NAME}_domain common_base_testing)
  file(GLOB tests CONFIGURE_DEPENDS ${dir}/store/*_test.cc)
  suite_test(${NAME}_store_test SOURCES ${tests} LINK ${NAME}_store common_testing)
  file(GLOB tests CONFIGURE_DEPENDS ${dir}/outbound/*_test.cc)
  suite_test(${NAME}_outbound_test GRPC SOURCES ${tests} LINK ${NAME}_outbound common_testing_wire)
  file(GLOB tests CONFIGURE_DEPENDS ${dir}/rpc/*_test.cc)
  set(wire ${tests})
  list(FILTER wire INCLUDE REGEX "wire_test\\.cc$")
  list(FILTER tests EXCLUDE REGEX "wire_test\\.cc$")
  file(GLOB worlds CONFIGURE_DEPENDS ${dir}/rpc/*_testing.h)
  suite_test(${NAME}_rpc_test SOURCES ${tests} LINK ${NAME}_rpc common_testing PCH ${worlds})
  suite_test(${NAME}_wire_test GRPC SOURCES ${wire} LINK ${NAME}_rpc common_testing common_testing_wire)

  if(EXISTS ${dir}/main.cc)
    add_executable(tc-${NAME} ${dir}/main.cc)
    target_link_libraries(tc-${NAME} PRIVATE suite_warnings ${NAME}_rpc CLI11::CLI11)
    suite_precompile(tc-${NAME} suite_program_pch)
  endif()
endfunction()

# Adds NAMESPACE::FUNCTION() to TARGET: the FILES (stem → text), declared by a header of TARGET's own.
function(suite_embed TARGET NAMESPACE FUNCTION)
  set(script ${CMAKE_SOURCE_DIR}/cmake/embed.py)
  set(made ${CMAKE_CURRENT_BINARY_DIR}/embedded_${FUNCTION}.cc)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE files)
  add_custom_command(OUTPUT ${made} COMMAND Python3::Interpreter ${script} ${made} ${NAMESPACE} ${FUNCTION} ${files}
    DEPENDS ${script} ${files} VERBATIM)
  set_source_files_properties(${made} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${TARGET} PRIVATE ${made})
endfunction()

# Adds the tables of common passwords to TARGET: the list OWN and the word lists of the distribution, as hashes.
function(suite_common_passwords TARGET OWN)
  set(script ${CMAKE_SOURCE_DIR}/cmake/common_passwords.py)
  set(own ${CMAKE_CURRENT_SOURCE_DIR}/${OWN})
  set(made ${CMAKE_CURRENT_BINARY_DIR}/common_password_tables.cc)
  add_custom_command(OUTPUT ${made} COMMAND Python3::Interpreter ${script} ${made} ${own} ${SUITE_WORD_LISTS}
    DEPENDS ${script} ${own} ${SUITE_WORD_LISTS} VERBATIM)
  set_source_files_properties(${made} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${TARGET} PRIVATE ${made})
endfunction()

# Adds the words of messages to TARGET: FILES are ru.json and en.json.
function(suite_wording TARGET)
  set(script ${CMAKE_SOURCE_DIR}/cmake/wording.py)
  set(made ${CMAKE_CURRENT_BINARY_DIR}/built_in_words.cc)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE files)
  add_custom_command(OUTPUT ${made} COMMAND Python3::Interpreter ${script} ${made} ${files} DEPENDS ${script} ${files}
    VERBATIM)
  set_source_files_properties(${made} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${TARGET} PRIVATE ${made})
endfunction()
