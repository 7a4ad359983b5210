#include "services/linking/domain/erasure.h"

namespace tc::linking {

InvitationDetails WithoutPrincipal(const InvitationDetails&) { return {}; }

InvitationDetails WithoutInvitee(const InvitationDetails& details, InvitationState state) {
  InvitationDetails rest;
  rest.masked_principal = details.masked_principal;
  const bool answered = state == InvitationState::kAccepted || state == InvitationState::kDeclined;
  if (answered) return rest;
  rest.contact_first_name = details.contact_first_name;
  rest.masked_contact_phone = details.masked_contact_phone;
  return rest;
}

LinkPeople WithoutPrincipal(const LinkPeople& people) {
  return {"", people.masked_contact, people.masked_contact_phone};
}

LinkPeople WithoutContact(const LinkPeople& people) { return {people.masked_principal, "", ""}; }

}  // namespace tc::linking
