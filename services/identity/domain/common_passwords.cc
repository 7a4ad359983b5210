#include "services/identity/domain/common_passwords.h"

#include <set>

#include "absl/strings/str_split.h"

namespace tc::identity {
namespace {

// Digits; Latin words, some of them Cyrillic ones typed on the wrong layout; Cyrillic words.
constexpr char kCommon[] = R"(
000000 0000000 00000000 111111 1111111 11111111 112233 11223344 121212 123123 123123123 123321 1234 12345
123456 1234567 12345678 123456789 1234567890 0123456789 123654 131313 147258 147258369 159357 159753 159951
222222 232323 246810 314159 321321 333333 444444 454545 456456 555555 654321 666666 696969 741852 753951
765432 777777 7777777 789456 7894561230 87654321 888888 88888888 963852 987654 987654321 9876543210 999999
99999999 010203 01020304 100200 123454321 135790 142536 147896 789789 2000 2020 2021 2022 2023 2024 2025
2026 1234567891 12344321
abc abcd abcdef abcdefg access account admin administrator adminadmin alexander alina amanda andrei andrew
andrey angel anna anton apple artem asdasd asdf asdfg asdfgh asdfghj asdfghjkl ashley azerty baby babygirl
bailey banana baseball batman beautiful bitcoin blink buster butterfly changeme charlie cheese chelsea
chocolate code computer cookie cool correcthorsebatterystaple daniel default dennis denis diamond dima
dmitry dragon elena eminem family fkbyf flower football forever freedom friends fuckyou gandalf garfield
george ghbdtn gfhjkm ginger google gosuslugi hannah harley hello helloworld hockey home hunter igor iloveyou
internet ivan jennifer jessica jesus jordan joshua justin kate katya killer kirill klaster knopka letmein
liverpool login love lovely loveme maggie marina martin master matrix maxim merlin michael michelle monkey
monster moscow moskva mustang mynoob myspace natasha nastya nicole nikita ninja olga orange parol parol1
pass passw0rd passwd password passwort pepper pokemon princess privet purple qazwsx qazwsxedc qqqqqq qwaszx
qwe qweasd qweasdzxc qweqwe qwer qwert qwerty qwertyu qwertyui qwertyuiop rainbow ranger robert root rossia
russia samsung sasha secret security sergey shadow snoopy soccer solnce solnyshko spartak spiderman starwars
summer sunshine superman sveta svetlana tatiana tatyana test tester testing thomas tigger trustno1 user
vfhbyf vfrcbv vika vkontakte vladimir welcome whatever william winter yandex yfnfif zaq12wsx zenit zxcv
zxcvb zxcvbn zxcvbnm zzzzzz lfybbk ljcneg cfhfq fylhtq fktrcfylh yfcnz rjirf kjdtkbyf pfqxbr cjkysirj vjcrdf
hjccbz
абв абвг абвгд админ александр алексей анастасия андрей анна вход госуслуги дмитрий доступ елена екатерина
зайка зенит иван йцу йцук йцуке йцукен йцукенг йцукенгшщзхъ кирилл коля кот котик кошка котенок ксюша логин
любимая любимый любовь максим мама марина маша москва наташа никита николай ольга папа пароль привет пушкин
россия саша секрет сергей солнце солнышко спартак татьяна тест учетка фывапр фывапролджэ ячсмить
)";

}  // namespace

bool IsCommonPassword(absl::string_view folded) {
  static const auto& list =
      *new std::set<absl::string_view>(absl::StrSplit(kCommon, absl::ByAnyChar(" \n"), absl::SkipEmpty()));
  return list.count(folded) != 0;
}

}  // namespace tc::identity
