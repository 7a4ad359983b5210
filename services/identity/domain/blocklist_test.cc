#include "services/identity/domain/blocklist.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace tc::identity {
namespace {

bool Listed(const Blocklist& list, absl::string_view password) {
  return list.Has(ListHash(ListForm(password)));
}

TEST(ListForm, FoldsCaseCompositionYoAndSpaces) {
  EXPECT_EQ(ListForm(" ЁлКа e\u0301 \t Straße "), "елкаéstrasse");
}

TEST(ListHash, IsFnv1aOf64Bits) {
  EXPECT_EQ(ListHash(""), 0xcbf29ce484222325U);
  EXPECT_EQ(ListHash("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(ListHash("foobar"), 0x85944171f73967e8U);
}

TEST(LoadBlocklist, TakesOnePasswordALine) {
  const Blocklist list = LoadBlocklist("Hunter2\r\n\n  \n#comment\nпароль Ёжика\nHUNTER2\nlast");
  EXPECT_EQ(list.size(), 4U);
  for (const char* password : {"hunter2", "#Comment", "Пароль ежика", "last", "L ast"}) {
    EXPECT_TRUE(Listed(list, password)) << password;
  }
  for (const char* password : {"hunter", "comment", "", "hunter2\nlast"}) {
    EXPECT_FALSE(Listed(list, password)) << password;
  }
}

TEST(LoadBlocklist, MakesAnEmptyListOfNothing) {
  EXPECT_EQ(LoadBlocklist("").size(), 0U);
  EXPECT_EQ(LoadBlocklist("\n\r\n").size(), 0U);
}

TEST(Blocklist, KeepsEightBytesAnEntry) {
  std::string text;
  for (int i = 0; i < 100000; ++i) absl::StrAppend(&text, i, "\n", i, "\n");
  const Blocklist list = LoadBlocklist(text);
  EXPECT_EQ(list.size(), 100000U);
  EXPECT_EQ(list.bytes(), 800000U);
  EXPECT_TRUE(Listed(list, "99999"));
  EXPECT_FALSE(Listed(list, "100000"));
}

}  // namespace
}  // namespace tc::identity
