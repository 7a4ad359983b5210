#include "tools/tcctl/csv.h"

#include <gtest/gtest.h>

namespace tc::ctl {
namespace {

struct FieldCase {
  const char* text;
  const char* written;
};
class CsvFieldTest : public ::testing::TestWithParam<FieldCase> {};

TEST_P(CsvFieldTest, IsQuotedWhereItMustBeAndNeverComputed) {
  EXPECT_EQ(CsvRecord({GetParam().text}), std::string(GetParam().written) + "\r\n");
}

INSTANTIATE_TEST_SUITE_P(
    , CsvFieldTest,
    ::testing::Values(FieldCase{"", ""}, FieldCase{"plain", "plain"}, FieldCase{"two words", "two words"},
                      FieldCase{"Москва", "Москва"}, FieldCase{"a,b", "\"a,b\""},
                      FieldCase{"say \"no\"", "\"say \"\"no\"\"\""}, FieldCase{"a\nb", "\"a\nb\""},
                      FieldCase{"a\r\nb", "\"a\r\nb\""}, FieldCase{"=1+1", "'=1+1"},
                      FieldCase{"+7 9** ***-**-67", "'+7 9** ***-**-67"}, FieldCase{"-1", "'-1"},
                      FieldCase{"@SUM(A1)", "'@SUM(A1)"}, FieldCase{"\t=1", "'\t=1"},
                      FieldCase{"\r=1", "\"'\r=1\""}, FieldCase{"a=b", "a=b"}, FieldCase{"'", "'"},
                      FieldCase{"=HYPERLINK(\"http://x\",\"y\")",
                                "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""}));

TEST(CsvRecord, JoinsFieldsByCommasAndEndsTheLine) {
  EXPECT_EQ(CsvRecord({"time", "", "type"}), "time,,type\r\n");
}

}  // namespace
}  // namespace tc::ctl
