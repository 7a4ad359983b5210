#include "services/recovery/domain/warning.h"

namespace tc::recovery {

const Warning& CurrentWarning() {
  static const auto& warning = *new Warning{
      "1",
      {{"ru",
        "Остановитесь и убедитесь, что вашего близкого не обманывают",
        "Человек, который назначил вас доверенным контактом, восстанавливает пароль. Мошенники умеют "
        "уговорить его сделать это: "
        "представляются сотрудниками банка, портала, полиции, просят «обезопасить» учётную запись.\n\n"
        "Позвоните ему сами по номеру, который вы знаете. Не отвечайте на звонок, который поступил вам, и не "
        "переходите по ссылкам. "
        "Спросите, зачем ему новый пароль и не говорит ли с ним кто-то сейчас.\n\n"
        "Код придёт на ваш телефон. Введите его сами, здесь, и никому не называйте: его не спросит ни "
        "сотрудник, ни сам ваш близкий. "
        "Если что-то вас настораживает, отклоните запрос: это ничему не повредит.",
        {{"spoke_myself", "Я сам позвонил этому человеку и узнал его голос."},
         {"own_wish", "Он сказал, что восстанавливает пароль сам, по своему желанию."},
         {"no_stranger", "Никто посторонний не просил об этом ни его, ни меня."},
         {"code_for_nobody", "Я никому не назову код, который придёт на мой телефон."}}},
       {"en",
        "Stop and make sure that nobody is deceiving the person close to you",
        "The person who chose you as the trusted contact is recovering the password. Fraudsters talk people "
        "into this: they pretend to be the "
        "bank, the portal or the police and ask to \"secure\" the account.\n\n"
        "Call the person yourself, at the number that you know. Do not rely on a call that came to you, and "
        "do not follow links. Ask what the "
        "new password is for and whether somebody is talking to them right now.\n\n"
        "The code will come to your own phone. Type it yourself, here, and tell it to nobody: no official "
        "and not even the person close "
        "to you will ask for it. If anything makes you doubt, reject the request: that harms nothing.",
        {{"spoke_myself", "I have called this person myself and recognised the voice."},
         {"own_wish", "The person told me that the password is being recovered by their own wish."},
         {"no_stranger", "No stranger has asked either of us to do this."},
         {"code_for_nobody", "I will tell the code that comes to my phone to nobody."}}}}};
  return warning;
}

}  // namespace tc::recovery
