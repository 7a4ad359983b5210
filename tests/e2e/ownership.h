#pragma once

// Whose the things are that a method's requests name.

#include <optional>

#include "tests/e2e/methods.h"

namespace tc::e2e {

// Whose a named thing must be for a call to reach it.
enum class Whose {
  kPersons,   // the person's who is signed in, or one he has a part in
  kServices,  // the calling service's
  kAnybodys,  // whoever knows this name may: it is drawn from 256 bits and told to one person only
  kOfficers,  // everybody's: this peer serves all citizens by its office
};

// The row of a method's rules by which a portal calls for a person; null: there is none.
const options_pb::Caller* PersonsRow(const Served& served);

// Nullopt: nobody has said it yet (ownership.cc).
std::optional<Whose> WhoseIn(const Served& served);

// The methods that ownership.cc names.
std::vector<std::string> OwnedMethods();

}  // namespace tc::e2e
