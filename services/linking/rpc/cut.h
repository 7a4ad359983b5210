#pragma once

// Cutting what was read (one row more than the page) to the page, and the token behind it.

#include <string>
#include <vector>

#include "common/rpc/page.h"

namespace tc::linking {

// `rows` have a member `key`, where the list goes on. Empty when nothing is left behind this page.
template <typename Row>
std::string CutToPage(std::vector<Row>& rows, const rpc::Page& page, const rpc::Pager& pager,
                      const std::string& list) {
  if (rows.size() <= page.size) return "";
  rows.resize(page.size);
  return pager.NextToken(rows.back().key, list);
}

}  // namespace tc::linking
