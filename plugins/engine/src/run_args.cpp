#include "run_args.hpp"

#include <fairlead/error.hpp>

#include <array>

namespace fairlead::engine {
namespace {

/// Flags that concern docker's client or that a create does not take; with their arity, so that
/// the words after them are read right.
void nothing(Draft&, const std::string&) {}

constexpr std::array client_flags{
    RunFlag{"detach", 'd', true, nothing},  RunFlag{"sig-proxy", 0, true, nothing},
    RunFlag{"quiet", 'q', true, nothing},   RunFlag{"disable-content-trust", 0, true, nothing},
    RunFlag{"attach", 'a', false, nothing}, RunFlag{"detach-keys", 0, false, nothing},
    RunFlag{"pull", 0, false, nothing},
};

Error fault(const std::string& message) {
  return Error(Status::invalid, "backend.run_args", "runArgs: " + message,
               "runArgs takes the flags of `docker run`, each word an element of the list.");
}

template <class Matches>
const RunFlag* find_flag(const Matches& matches) {
  for (const auto table : {process_flags(), storage_flags(), network_flags(), resource_flags(),
                           std::span<const RunFlag>(client_flags)}) {
    for (const auto& flag : table) {
      if (matches(flag)) return &flag;
    }
  }
  return nullptr;
}

class Words {
 public:
  Words(Draft& draft, const std::vector<std::string>& words) : draft_(draft), words_(words) {}

  void apply() {
    for (at_ = 0; at_ < words_.size(); ++at_) {
      const std::string_view word = words_[at_];
      if (word.starts_with("--") && word.size() > 2) {
        take_long(word.substr(2));
      } else if (word.starts_with('-') && word.size() > 1 && word != "--") {
        take_letters(word.substr(1));
      } else {
        throw fault("'" + std::string(word) +
                    "' is not a flag, nor the value of the one before it.");
      }
    }
  }

 private:
  void take_long(std::string_view text) {
    const auto equals = text.find('=');
    const auto name = text.substr(0, equals);
    const auto* flag = find_flag([&](const RunFlag& each) { return each.name == name; });
    const auto shown = "--" + std::string(name);
    if (flag == nullptr) throw fault("'" + shown + "' is not a flag of docker run.");
    if (equals != std::string_view::npos) {
      set(*flag, shown, std::string(text.substr(equals + 1)));
    } else {
      set(*flag, shown, flag->boolean ? "true" : next_word(shown));
    }
  }

  /// "-it", "-p80:80", "-p=80:80", "-itp 80:80"
  void take_letters(std::string_view letters) {
    while (!letters.empty()) {
      const char letter = letters.front();
      letters.remove_prefix(1);
      const auto* flag = find_flag([&](const RunFlag& each) { return each.letter == letter; });
      const auto shown = std::string("-") + letter;
      if (flag == nullptr) throw fault("'" + shown + "' is not a flag of docker run.");
      if (letters.starts_with('=')) return set(*flag, shown, std::string(letters.substr(1)));
      if (flag->boolean) {
        set(*flag, shown, "true");
        continue;
      }
      return set(*flag, shown, letters.empty() ? next_word(shown) : std::string(letters));
    }
  }

  std::string next_word(const std::string& shown) {
    if (at_ + 1 >= words_.size()) throw fault("'" + shown + "' needs a value.");
    return words_[++at_];
  }

  void set(const RunFlag& flag, const std::string& shown, const std::string& value) {
    try {
      flag.apply(draft_, value);
    } catch (const BadValue& bad) {
      throw fault("'" + shown + " " + value + "': " + bad.why + ".");
    }
  }

  Draft& draft_;
  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
};

}  // namespace

void apply_run_args(Draft& draft, const std::vector<std::string>& words) {
  Words(draft, words).apply();
}

}  // namespace fairlead::engine
