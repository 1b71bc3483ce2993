#include "log_format.hpp"

#include "json_text.hpp"
#include "utf8.hpp"

#include <cctype>
#include <cstdio>
#include <ctime>

namespace fairlead::cli {
namespace {

using Kind = LogEvent::Kind;

constexpr std::string_view start_colour = "38;2;99;143;79";
constexpr std::string_view stop_colour = "38;2;143;99;79";
constexpr std::string_view number_colour = "38;2;86;156;214";

bool is_shown(const LogEvent& event, LogLevel least) {
  return event.kind != Kind::progress && event.level >= least;
}

std::string duration_text(const LogEvent& event) {
  return std::to_string(event.timestamp_ms - event.start_timestamp_ms) + " ms";
}

std::string one_line_end(std::string_view text) {
  std::string result = without_escapes(text);
  if (result.ends_with("\r\n")) {
    result.resize(result.size() - 2);
  } else if (result.ends_with('\n')) {
    result.pop_back();
  }
  return result + '\n';
}

std::string coloured(std::string_view text, std::string_view colour) {
  std::string result;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    if (from > 0) result += '\n';
    result += "\x1b[1m\x1b[";
    result += colour;
    result += 'm';
    result += text.substr(from, end - from);
    result += "\x1b[39m\x1b[22m";
    from = end + 1;
  }
  return result;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool joins_word(char c) {
  return is_digit(c) || std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' ||
         c == '.';
}

// The length of "12" or "1.2.3" at the front, when it stands by itself.
std::size_t number_length(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size() && is_digit(text[i])) {
    while (i < text.size() && is_digit(text[i])) ++i;
    if (i + 1 < text.size() && text[i] == '.' && is_digit(text[i + 1])) ++i;
  }
  return i < text.size() && joins_word(text[i]) ? 0 : i;
}

// Colours the numbers of a text that has no escape sequences in it.
void append_with_numbers(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const bool apart = i == 0 || !joins_word(text[i - 1]);
    const std::size_t length = apart ? number_length(text.substr(i)) : 0;
    if (length > 0) {
      out += coloured(text.substr(i, length), number_colour);
      i += length;
    } else {
      out += text[i++];
    }
  }
}

std::string with_numbers(std::string_view text) {
  std::string result;
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t escape = escape_length(text.substr(i));
    if (escape == 0) {
      ++i;
      continue;
    }
    append_with_numbers(result, text.substr(from, i - from));
    result += text.substr(i, escape);
    from = i += escape;
  }
  append_with_numbers(result, text.substr(from));
  return result;
}

std::string with_cr_lf(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) result += '\r';
    result += text[i];
  }
  if (!result.ends_with('\n')) result += "\r\n";
  return result;
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "text";
    case Kind::raw:
      return "raw";
    case Kind::start:
      return "start";
    case Kind::stop:
      return "stop";
    case Kind::progress:
      break;
  }
  return "progress";
}

std::string_view state_name(LogEvent::State state) {
  switch (state) {
    case LogEvent::State::running:
      return "running";
    case LogEvent::State::succeeded:
      return "succeeded";
    case LogEvent::State::failed:
      break;
  }
  return "failed";
}

void append_progress(std::string& line, const LogEvent& event) {
  line += ",\"name\":";
  append_json_string(line, event.text);
  line += ",\"status\":\"";
  line += state_name(event.state);
  line += '"';
  if (event.step_detail.empty()) return;
  line += ",\"stepDetail\":";
  append_json_string(line, event.step_detail);
}

void append_message(std::string& line, const LogEvent& event) {
  line += ",\"level\":" + std::to_string(static_cast<int>(event.level));
  line += ",\"timestamp\":" + std::to_string(event.timestamp_ms) + ",\"text\":";
  append_json_string(line, event.text);
  if (event.kind == Kind::stop) {
    line += ",\"startTimestamp\":" + std::to_string(event.start_timestamp_ms);
  }
}

}  // namespace

std::string iso_time(std::int64_t timestamp_ms) {
  const auto seconds = static_cast<std::time_t>(timestamp_ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
                parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                static_cast<int>(timestamp_ms % 1000));
  return text;
}

std::optional<std::string> plain_log_text(const LogEvent& event, LogLevel least) {
  if (!is_shown(event, least)) return std::nullopt;
  if (event.kind == Kind::stop && least > LogLevel::debug) return std::nullopt;
  std::string line = '[' + iso_time(event.timestamp_ms) + "] ";
  if (event.kind == Kind::start) line += "Start: ";
  if (event.kind == Kind::stop) line += "Stop (" + duration_text(event) + "): ";
  return line + one_line_end(event.text);
}

std::optional<std::string> terminal_log_text(const LogEvent& event, LogLevel least,
                                             std::int64_t began_ms) {
  if (!is_shown(event, least)) return std::nullopt;
  if (event.kind == Kind::raw) return event.text;
  const bool tracing = least == LogLevel::trace;
  const std::string age = std::to_string(event.timestamp_ms - began_ms) + " ms";
  const std::string text = with_cr_lf(with_numbers(event.text));
  if (event.kind == Kind::start && tracing) {
    return coloured('[' + age + "] Start", start_colour) + ": " + text;
  }
  if (event.kind == Kind::stop) {
    if (!tracing) return std::nullopt;
    return coloured('[' + age + "] Stop", stop_colour) + " (" + duration_text(event) + "): " + text;
  }
  return '[' + coloured(age, start_colour) + "] " + (event.kind == Kind::start ? "Start: " : "") +
         text;
}

std::string json_log_line(const LogEvent& event) {
  std::string line = "{\"type\":\"";
  line += kind_name(event.kind);
  line += '"';
  if (event.kind == Kind::progress) {
    append_progress(line, event);
  } else {
    append_message(line, event);
  }
  if (!event.channel.empty()) {
    line += ",\"channel\":";
    append_json_string(line, event.channel);
  }
  return line + "}\n";
}

LogLevel log_level_named(std::string_view name) {
  if (name == "trace") return LogLevel::trace;
  if (name == "debug") return LogLevel::debug;
  return name == "error" ? LogLevel::error : LogLevel::info;
}

}  // namespace fairlead::cli
