#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tools/tcctl/command.h"

namespace tc::ctl {

namespace {

// The words that may follow this command: its subcommands and its options.
std::vector<std::string> WordsOf(const CLI::App& command) {
  std::vector<std::string> words;
  for (const CLI::App* child : command.get_subcommands([](const CLI::App*) { return true; }))
    words.push_back(child->get_name());
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  return words;
}

// One line for each command: `path) words="…" ;;`, the path being its names joined by spaces.
void AppendCases(const CLI::App& command, const std::string& path, std::string& cases) {
  absl::StrAppend(&cases, "    \"", path, "\") words=\"", absl::StrJoin(WordsOf(command), " "), "\" ;;\n");
  for (const CLI::App* child : command.get_subcommands([](const CLI::App*) { return true; })) {
    AppendCases(*child, absl::StrCat(path, path.empty() ? "" : " ", child->get_name()), cases);
  }
}

std::string Bash(const CLI::App& app) {
  constexpr char kScript[] = R"(# bash completion for tcctl; load it with: source <(tcctl completion bash)
_tcctl() {
  local path="" words="" word i
  _tcctl_words() {
    case "$1" in
@CASES@    *) words="" ;;
    esac
  }
  _tcctl_words ""
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${COMP_WORDS[i]}"
    [[ "$word" == -* ]] && continue
    if [[ " $words " == *" $word "* ]]; then
      path="${path:+$path }$word"
      _tcctl_words "$path"
    fi
  done
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _tcctl tcctl
)";
  std::string cases;
  AppendCases(app, "", cases);
  return absl::StrReplaceAll(kScript, {{"@CASES@", cases}});
}

std::string Zsh(const CLI::App& app) {
  return absl::StrCat("# zsh completion for tcctl; load it with: source <(tcctl completion zsh)\n",
                      "autoload -U +X bashcompinit && bashcompinit\n", Bash(app));
}

void AppendFish(const CLI::App& command, const std::string& condition, std::string& script) {
  for (const CLI::App* child : command.get_subcommands([](const CLI::App*) { return true; })) {
    absl::StrAppend(&script, "complete -c tcctl -f -n '", condition, "' -a ", child->get_name(), " -d '",
                    absl::StrReplaceAll(child->get_description(), {{"'", "\\'"}}), "'\n");
    AppendFish(*child, absl::StrCat("__fish_seen_subcommand_from ", child->get_name()), script);
  }
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      absl::StrAppend(&script, "complete -c tcctl -n '", condition, "' -l ", name, "\n");
    }
  }
}

std::string Fish(const CLI::App& app) {
  std::string script = "# fish completion for tcctl; load it with: tcctl completion fish | source\n";
  AppendFish(app, "__fish_use_subcommand", script);
  return script;
}

}  // namespace

void AddCompletionCommand(CLI::App& app, Context& context) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Print a completion script for a shell");
  command->add_option("SHELL", *shell, "Which shell")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&app, &context, shell] {
    context.run = [&app, shell] {
      std::cout << (*shell == "fish" ? Fish(app) : *shell == "zsh" ? Zsh(app) : Bash(app));
      return 0;
    };
  });
}

}  // namespace tc::ctl
