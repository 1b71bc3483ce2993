#include "argument_scan.hpp"

#include <algorithm>
#include <cctype>

namespace fairlead::cli {
namespace {

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
bool is_letter(char letter) { return std::isalpha(static_cast<unsigned char>(letter)) != 0; }
bool is_word_letter(char c) { return is_digit(c) || is_letter(c) || c == '_'; }

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// "-5", "-1.5", "-.5": values, not flags.
bool is_negative_number(std::string_view word) {
  if (word.size() < 2 || word.front() != '-') return false;
  word.remove_prefix(1);
  const std::size_t dot = word.find('.');
  if (dot == std::string_view::npos) return all_digits(word);
  return (dot == 0 || all_digits(word.substr(0, dot))) && all_digits(word.substr(dot + 1));
}

// What may stand glued to a short flag as its value: "-n5".
bool is_number(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return all_digits(text);
  return all_digits(text.substr(0, dot)) && all_digits(text.substr(dot + 1));
}

bool is_truth(std::string_view word) { return word == "true" || word == "false"; }

class Scanner {
 public:
  Scanner(std::span<const std::string> arguments, CommandId command, Mode mode)
      : arguments_(arguments), command_(command), mode_(mode) {
    scan_.flags = Arguments(command, mode);
  }

  Scan run(bool stop_at_word) {
    for (at_ = 0; at_ < arguments_.size() && scan_.error.empty(); ++at_) {
      const std::string& word = arguments_[at_];
      if (word == "--") {
        keep_rest(at_ + 1);
      } else if (word.size() > 2 && word.starts_with("--")) {
        long_flag(std::string_view(word).substr(2));
      } else if (word.size() > 1 && word.front() == '-' && !is_negative_number(word)) {
        short_flags(std::string_view(word).substr(1));
      } else if (stop_at_word) {
        keep_rest(at_);
      } else {
        scan_.words.push_back({word, at_});
      }
    }
    if (!scan_.error.empty() && mode_ == Mode::fairlead) look_for_help(stop_at_word);
    return std::move(scan_);
  }

 private:
  // Who asks for help behind a fault wants it rather than the fault.
  void look_for_help(bool stop_at_word) {
    for (; at_ < arguments_.size() && arguments_[at_] != "--"; ++at_) {
      const std::string& word = arguments_[at_];
      if (stop_at_word && !word.starts_with('-')) return;
      if (word == "--help" || word == "-h") return scan_.flags.add(*find("help"), "true");
    }
  }

  void keep_rest(std::size_t from) {
    for (std::size_t i = from; i < arguments_.size(); ++i) scan_.rest.push_back(arguments_[i]);
    at_ = arguments_.size();
  }

  const Flag* find(std::string_view name) const { return find_flag(name, command_, mode_); }
  const std::string* next() const {
    return at_ + 1 < arguments_.size() ? &arguments_[at_ + 1] : nullptr;
  }

  void long_flag(std::string_view body) {
    const std::size_t equals = body.find('=', 1);
    if (equals == std::string_view::npos) return take(body);
    set(body.substr(0, equals), std::string(body.substr(equals + 1)));
  }

  // "-abc", "-n5", "-n=5", by the same rules as the reference, odd ones included.
  void short_flags(std::string_view body) {
    for (std::size_t i = 0; i + 1 < body.size(); ++i) {
      const std::string_view letter = body.substr(i, 1);
      const std::string_view following = body.substr(i + 1);
      if (following.front() == '=') return set(letter, std::string(following.substr(1)));
      if (following == "-") {
        set(letter, "-");
      } else if ((is_letter(letter.front()) && is_number(following)) ||
                 !is_word_letter(following.front())) {
        return set(letter, std::string(following));
      } else {
        set_bare(letter);
      }
    }
    if (body.back() != '-') take(body.substr(body.size() - 1));
  }

  // A flag whose value, if any, is the next word.
  void take(std::string_view name) {
    const Flag* flag = find(name);
    if (flag != nullptr && flag->type == FlagType::list) return take_words(*flag);
    if (flag != nullptr && flag->type == FlagType::each) return take_one(*flag);
    const std::string* word = next();
    const bool greedy = flag == nullptr || flag->type != FlagType::boolean;
    const bool is_value =
        word != nullptr &&
        (is_truth(*word) || (greedy && (!word->starts_with('-') || is_negative_number(*word))));
    if (!is_value) return set_bare(name);
    ++at_;
    set(name, *word);
  }

  void take_one(const Flag& flag) {
    const std::string* word = next();
    if (word == nullptr || (word->starts_with('-') && !is_negative_number(*word))) {
      return lacks_value(flag);
    }
    ++at_;
    scan_.flags.add(flag, *word);
  }

  void lacks_value(const Flag& flag) {
    const std::string name(flag.name);
    scan_.error = mode_ == Mode::fairlead ? "--" + name + " needs a value"
                                          : "Not enough arguments following: " + name;
  }

  void take_words(const Flag& flag) {
    while (next() != nullptr && (!next()->starts_with('-') || is_negative_number(*next()))) {
      scan_.flags.add(flag, *next());
      ++at_;
    }
  }

  // Present without a value: true for a boolean, the default for a choice, else nothing.
  void set_bare(std::string_view name) {
    const Flag* flag = find(name);
    if (flag == nullptr) return remember_unknown(name);
    if (flag->type == FlagType::boolean) return scan_.flags.add(*flag, "true");
    if (mode_ == Mode::fairlead) return lacks_value(*flag);  // the reference goes on without it
    scan_.flags.add(*flag, flag->choices.empty() ? "" : std::string(flag->default_value));
  }

  void set(std::string_view name, std::string value) {
    const Flag* flag = find(name);
    if (flag == nullptr) return remember_unknown(name);
    if (flag->type == FlagType::boolean) {
      if (mode_ == Mode::fairlead && !is_truth(value)) {
        scan_.error = "--" + std::string(flag->name) + " is true or false, not '" + value + "'";
      }
      value = value == "true" ? "true" : "false";
    }
    scan_.flags.add(*flag, std::move(value));
  }

  void remember_unknown(std::string_view name) {
    name = name.substr(0, name.find('.', 1));
    remember_spelling(std::string(name));
    if (name.find('-') != std::string_view::npos) remember_spelling(camel_case(name));
  }

  void remember_spelling(std::string name) {
    auto& known = scan_.unknown;
    if (std::find(known.begin(), known.end(), name) == known.end())
      known.push_back(std::move(name));
  }

  std::span<const std::string> arguments_;
  CommandId command_;
  Mode mode_;
  std::size_t at_ = 0;
  Scan scan_;
};

}  // namespace

Scan scan_arguments(std::span<const std::string> arguments, CommandId command, Mode mode,
                    bool stop_at_word) {
  return Scanner(arguments, command, mode).run(stop_at_word);
}

}  // namespace fairlead::cli
