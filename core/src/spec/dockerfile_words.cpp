#include "spec/dockerfile_words.hpp"

#include "base/text.hpp"

namespace fairlead::dockerfile {
namespace {

bool is_blank(char c) { return std::string_view(" \t\r\f\v").find(c) != std::string_view::npos; }

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// How deep ${A:-${B:-…}} may go; a hostile file must not reach the end of the stack.
constexpr int depth_limit = 64;

class Expander {
 public:
  Expander(std::string_view text, char escape, const Lookup& lookup, int depth)
      : text_(text), escape_(escape), lookup_(lookup), depth_(depth) {}

  std::string run() {
    for (char quote = '\0'; at_ < text_.size();) {
      const char c = text_[at_];
      if (quote == '\'') {
        if (c == quote) {
          quote = '\0';
        } else {
          out_ += c;
        }
        ++at_;
      } else if (c == '"' || (c == '\'' && quote == '\0')) {
        quote = c == quote ? '\0' : c;
        ++at_;
      } else if (c == escape_) {
        escaped(quote);
      } else if (c == '$') {
        variable();
      } else {
        out_ += c;
        ++at_;
      }
    }
    return std::move(out_);
  }

 private:
  void escaped(char quote) {
    const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    // Between double quotes an escape is one only before what has a meaning there.
    const bool meaningful = quote == '\0' || next == '"' || next == '$' || next == escape_;
    if (!meaningful || next == '\0') out_ += escape_;
    if (next != '\0') out_ += next;
    at_ += 2;
  }

  void variable() {
    std::size_t end = at_ + 1;
    if (end < text_.size() && text_[end] == '{') return braced();
    while (end < text_.size() && is_name(text_[end])) ++end;
    if (end == at_ + 1) {
      out_ += '$';
    } else {
      out_ += lookup_(std::string(text_.substr(at_ + 1, end - at_ - 1))).value_or("");
    }
    at_ = end;
  }

  void braced() {
    const std::size_t begin = at_ + 2;
    int open = 1;
    std::size_t end = begin;
    for (; end < text_.size(); ++end) {
      if (text_[end] == '{') ++open;
      if (text_[end] == '}' && --open == 0) break;
    }
    if (end >= text_.size()) {  // never closed: nothing to replace
      out_ += text_.substr(at_);
      at_ = text_.size();
      return;
    }
    out_ += value_of(text_.substr(begin, end - begin));
    at_ = end + 1;
  }

  std::string value_of(std::string_view body) {
    std::size_t length = 0;
    while (length < body.size() && is_name(body[length])) ++length;
    const auto value = lookup_(std::string(body.substr(0, length)));
    std::string_view rest = body.substr(length);
    const bool colon = !rest.empty() && rest[0] == ':';
    if (colon) rest.remove_prefix(1);
    const bool set = value && !(colon && value->empty());
    const char operation = rest.empty() ? '\0' : rest[0];
    if (operation == '-') return set ? *value : other(rest.substr(1));
    if (operation == '+') return set ? other(rest.substr(1)) : std::string();
    return value.value_or("");
  }

  std::string other(std::string_view word) {
    if (depth_ >= depth_limit) return {};
    return Expander(word, escape_, lookup_, depth_ + 1).run();
  }

  std::string_view text_;
  char escape_;
  const Lookup& lookup_;
  int depth_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::vector<std::string> split_words(std::string_view text, char escape) {
  std::vector<std::string> words;
  std::string word;
  char quote = '\0';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote == '\0' && is_blank(c)) {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
      continue;
    }
    word += c;
    if (c == escape && quote != '\'' && at + 1 < text.size()) {
      word += text[++at];
    } else if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::string expand(std::string_view word, char escape, const Lookup& lookup) {
  return Expander(word, escape, lookup, 0).run();
}

std::vector<std::pair<std::string, std::optional<std::string>>> split_assignments(
    std::string_view text, char escape, bool old_form) {
  std::vector<std::pair<std::string, std::optional<std::string>>> out;
  const auto words = split_words(text, escape);
  if (old_form && !words.empty() && words[0].find('=') == std::string::npos) {
    const std::string_view rest = trim(text).substr(words[0].size());
    out.emplace_back(words[0], std::string(trim(rest)));
    return out;
  }
  for (const auto& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      out.emplace_back(word, std::nullopt);
    } else {
      out.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    }
  }
  return out;
}

}  // namespace fairlead::dockerfile
