#pragma once

// Erasure: what stays of an erased person beside the other one's part in an invitation or a link.

#include "services/linking/domain/invitation.h"
#include "services/linking/domain/link.h"

namespace tc::linking {

// The principal is erased: his name goes, and what he typed.
InvitationDetails WithoutPrincipal(const InvitationDetails& details);

// The invitee is erased: name and number go. Where the principal cannot know that the invitation reached
// anybody (PENDING, CANCELLED, EXPIRED), he goes on seeing what he typed, the number masked: else he would
// learn by it that there was such a person (L2).
InvitationDetails WithoutInvitee(const InvitationDetails& details, InvitationState state);

LinkPeople WithoutPrincipal(const LinkPeople& people);
LinkPeople WithoutContact(const LinkPeople& people);

}  // namespace tc::linking
