#include "argument_checks.hpp"

#include "json_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace fairlead::cli {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::string with_plural(std::string_view what, const std::vector<std::string>& names) {
  return std::string(what) + (names.size() == 1 ? ": " : "s: ") + joined(names);
}

bool is_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; });
}

bool looks_like_number(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string shown_value(const std::string& value) {
  return looks_like_number(value) ? value : json_string(value);
}

bool contains(std::span<const std::string_view> choices, std::string_view value) {
  return std::find(choices.begin(), choices.end(), value) != choices.end();
}

std::string not_enough_words(const Scan& scan, const Command& command) {
  const auto needed = static_cast<std::size_t>(
      std::count_if(command.positionals.begin(), command.positionals.end(),
                    [](const Positional& positional) { return positional.required; }));
  if (scan.words.size() >= needed) return {};
  return "Not enough non-option arguments: got " + std::to_string(scan.words.size()) +
         ", need at least " + std::to_string(needed);
}

std::string missing_flags(const Scan& scan, const std::vector<const Flag*>& flags) {
  std::vector<std::string> missing;
  for (const Flag* flag : flags) {
    if (flag->required && scan.flags.values(*flag) == nullptr) missing.emplace_back(flag->name);
  }
  return missing.empty() ? "" : with_plural("Missing required argument", missing);
}

bool takes_many(const Command& command) {
  return !command.positionals.empty() && command.positionals.back().many;
}

std::string unknown_arguments(const Scan& scan, const Command& command) {
  std::vector<std::string> names = scan.unknown;
  const auto own = [&](const Positional& positional) {
    return positional.own && scan.flags.mode() == Mode::drop_in;
  };
  const bool none = std::ranges::any_of(command.positionals, own);
  std::size_t known = takes_many(command) ? scan.words.size() : command.positionals.size();
  if (none) known = 0;
  for (std::size_t i = known; i < scan.words.size(); ++i) names.push_back(scan.words[i].text);
  for (std::string& name : names) {
    if (is_blank(name)) name = '"' + name + '"';
  }
  return names.empty() ? "" : with_plural("Unknown argument", names);
}

std::string bad_choice(std::string_view name, std::span<const std::string_view> choices,
                       const std::vector<std::string>& values) {
  std::vector<std::string> bad;
  for (const std::string& value : values) {
    if (!contains(choices, value)) bad.push_back(shown_value(value));
  }
  if (bad.empty()) return {};
  std::vector<std::string> offered;
  for (std::string_view choice : choices) offered.push_back(json_string(choice));
  return "\n  Argument: " + std::string(name) + ", Given: " + joined(bad) +
         ", Choices: " + joined(offered);
}

std::string bad_choices(const Scan& scan, const Command& command,
                        const std::vector<const Flag*>& flags) {
  std::string lines;
  for (std::size_t i = 0; i < std::min(scan.words.size(), command.positionals.size()); ++i) {
    const Positional& positional = command.positionals[i];
    if (positional.choices.empty()) continue;
    lines += bad_choice(positional.name, positional.choices, {scan.words[i].text});
  }
  for (const Flag* flag : flags) {
    const auto* values = scan.flags.values(*flag);
    if (values != nullptr && !flag->choices.empty()) {
      lines += bad_choice(flag->name, flag->choices, *values);
    }
  }
  return lines.empty() ? "" : "Invalid values:" + lines;
}

std::string failed_implications(const Scan& scan) {
  const bool columns = scan.flags.given("terminal-columns");
  const bool rows = scan.flags.given("terminal-rows");
  if (columns == rows) return {};
  return std::string("Implications failed:\n ") +
         (columns ? "terminal-columns -> terminal-rows" : "terminal-rows -> terminal-columns");
}

std::string bad_auth_hosts(const Scan& scan) {
  constexpr std::string_view name = "allow-cross-origin-auth-host";
  if (!scan.flags.given(name)) return {};
  if (!scan.flags.flag("oci-auth-hardening")) {
    return "--allow-cross-origin-auth-host requires --oci-auth-hardening.";
  }
  for (const std::string& value : scan.flags.list(name)) {
    const std::size_t equals = value.find('=');
    if (equals != std::string::npos && equals > 0 && equals + 1 < value.size()) continue;
    return "Invalid cross-origin auth host '" + value +
           "'. Expected '<registry-host>=<auth-host>'.";
  }
  return {};
}

/// What a dot of a regular expression does not stand for.
bool ends_line(char c) { return c == '\n' || c == '\r'; }

bool is_label(std::string_view text) {
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    if (text[at] == '=' && !ends_line(text[at - 1]) && !ends_line(text[at + 1])) return true;
  }
  return false;
}

/// "=" with something before it in its line.
bool is_variable(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '=' && !ends_line(text[at - 1])) return true;
  }
  return false;
}

// One "key=value" off the front of `text`, up to the next comma or the end.
bool take_field(std::string_view& text, std::string_view key, std::string_view& value) {
  if (!text.starts_with(key)) return false;
  text.remove_prefix(key.size());
  value = text.substr(0, text.find(','));
  text.remove_prefix(value.size());
  return !value.empty();
}

bool is_mount(std::string_view text) {
  std::string_view value;
  if (!take_field(text, "type=", value) || (value != "bind" && value != "volume")) return false;
  if (!take_field(text, ",source=", value) || !take_field(text, ",target=", value)) return false;
  if (text.empty()) return true;
  return take_field(text, ",external=", value) && (value == "true" || value == "false") &&
         text.empty();
}

struct Format {
  std::string_view flag;
  bool (*matches)(std::string_view);
  std::string_view shape;
  bool empty_is_absent;
};

constexpr std::array formats = {
    Format{"id-label", is_label, "<name>=<value>", false},
    Format{"remote-env", is_variable, "<name>=<value>", true},
    Format{"mount", is_mount,
           "type=<bind|volume>,source=<source>,target=<target>[,external=<true|false>]", true}};

std::string bad_formats(const Scan& scan, const std::vector<const Flag*>& flags) {
  for (const Format& format : formats) {
    const auto flag = std::find_if(flags.begin(), flags.end(),
                                   [&](const Flag* f) { return f->name == format.flag; });
    const auto* values = flag == flags.end() ? nullptr : scan.flags.values(**flag);
    if (values == nullptr) continue;
    for (const std::string& value : *values) {
      if (format.matches(value) || (value.empty() && format.empty_is_absent)) continue;
      return "Unmatched argument format: " + std::string(format.flag) + " must match " +
             std::string(format.shape);
    }
  }
  return {};
}

std::string lockfile_conflict(const Scan& scan) {
  if (!scan.flags.flag("no-lockfile")) return {};
  for (std::string_view other :
       {"frozen-lockfile", "experimental-frozen-lockfile", "experimental-lockfile"}) {
    if (scan.flags.flag(other)) {
      return "--no-lockfile and --" + std::string(other) + " are mutually exclusive.";
    }
  }
  return {};
}

bool is_short_version(std::string_view text) {
  for (int part = 0; part < 3; ++part) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0) return false;
    text.remove_prefix(digits);
    if (text.empty()) return true;
    if (text.front() != '.') return false;
    text.remove_prefix(1);
  }
  return false;
}

std::string bad_upgrade(const Scan& scan) {
  const std::string feature = scan.flags.text("feature");
  const std::string version = scan.flags.text("target-version");
  if (feature.empty() != version.empty()) {
    return "The '--target-version' and '--feature' flag must be used together.";
  }
  if (version.empty() || is_short_version(version)) return {};
  return "Invalid version '" + version + "'.  Must be in the form of 'x', 'x.y', or 'x.y.z'";
}

// The reference breaks on these one way or another (a list where it expects one value).
std::string repeated_flag(const Scan& scan, const std::vector<const Flag*>& flags) {
  for (const Flag* flag : flags) {
    const auto* values = scan.flags.values(*flag);
    const bool once = flag->type == FlagType::text && flag->choices.empty() && !flag->repeatable;
    if (values != nullptr && values->size() > 1 && once) {
      return "Argument may be given only once: " + std::string(flag->name);
    }
  }
  return {};
}

/// The reference passes over what is no number.
std::string bad_numbers(const Scan& scan, const std::vector<const Flag*>& flags) {
  for (const Flag* flag : flags) {
    const auto* values = scan.flags.values(*flag);
    if (flag->type != FlagType::number || values == nullptr) continue;
    if (!scan.flags.number(flag->name))
      return "--" + std::string(flag->name) + " is a whole number, not '" + values->back() + "'";
  }
  return {};
}

}  // namespace

std::string check_arguments(const Scan& scan, const Command& command) {
  if (!scan.error.empty()) return scan.error;
  const std::vector<const Flag*> flags = flags_of(command.id, scan.flags.mode());
  // The reference's exec has no lower limit; fairlead's comes last, so that all else is said alike.
  const bool is_exec = takes_command_line(command.id);
  std::string fault = is_exec ? "" : not_enough_words(scan, command);
  if (fault.empty()) fault = missing_flags(scan, flags);
  if (fault.empty()) fault = unknown_arguments(scan, command);
  if (fault.empty()) fault = bad_choices(scan, command, flags);
  if (fault.empty() && scan.flags.mode() == Mode::fairlead) fault = bad_numbers(scan, flags);
  if (fault.empty()) fault = failed_implications(scan);
  if (fault.empty()) fault = bad_auth_hosts(scan);
  if (fault.empty()) fault = bad_formats(scan, flags);
  if (fault.empty()) fault = lockfile_conflict(scan);
  if (fault.empty() && command.id == CommandId::upgrade) fault = bad_upgrade(scan);
  if (fault.empty()) fault = repeated_flag(scan, flags);
  const bool needs_command = is_exec && scan.flags.mode() == Mode::fairlead;
  if (fault.empty() && needs_command) fault = not_enough_words(scan, command);
  return fault;
}

}  // namespace fairlead::cli
