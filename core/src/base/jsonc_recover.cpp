#include "base/jsonc_recover.hpp"

#include "base/jsonc_parser.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace fairlead::jsonc {
namespace {

enum class Token {
  open_brace = '{',
  close_brace = '}',
  open_bracket = '[',
  close_bracket = ']',
  comma = ',',
  colon = ':',
  scalar = 's',  ///< its value is ready
  text = '"',
  end = '\0',
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_line_end(char c) { return c == '\n' || c == '\r'; }

class Scanner {
 public:
  explicit Scanner(std::string_view text)
      : text_(text), at_(text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0) {}

  /// The next token that is one.
  Token next() {
    for (;;) {
      const char c = peek();
      if (at_ >= text_.size()) return Token::end;
      if (std::string_view("{}[],:").find(c) != std::string_view::npos) {
        ++at_;
        return static_cast<Token>(c);
      }
      if (c == '"') {
        value = string();
        return Token::text;
      }
      if (is_digit(c) || (c == '-' && is_digit(peek(1)))) {
        value = number();
        return Token::scalar;
      }
      if (c == ' ' || c == '\t' || is_line_end(c) || c == '-') {
        ++at_;
      } else if (c == '/') {
        skip_comment();
      } else if (word()) {
        return Token::scalar;
      }
    }
  }

  std::size_t at() const { return at_; }
  Json value;  ///< of the last scalar or text

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void skip_comment() {
    if (peek(1) == '/') {
      at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
    } else if (peek(1) == '*') {
      const std::size_t end = text_.find("*/", at_ + 2);
      at_ = end == std::string_view::npos ? text_.size() : end + 2;
    } else {
      ++at_;
    }
  }

  bool word() {
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n}]{[\":,/", at_), text_.size());
    const std::string_view letters = text_.substr(at_, end - at_);
    at_ = end;
    if (letters == "null") value = nullptr;
    if (letters == "true" || letters == "false") value = letters == "true";
    return letters == "null" || letters == "true" || letters == "false";
  }

  void skip_digits() {
    while (is_digit(peek())) ++at_;
  }

  /// As much as is a number: "01" are two, of "1.e" the 1 counts.
  Json number() {
    const std::size_t begin = at_;
    if (peek() == '-') ++at_;
    if (peek() == '0') {
      ++at_;
    } else {
      skip_digits();
    }
    std::size_t end = at_;
    if (peek() == '.') {
      ++at_;
      if (!is_digit(peek())) return number_of(text_.substr(begin, end - begin));
      skip_digits();
      end = at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      at_ += peek(1) == '+' || peek(1) == '-' ? 2 : 1;
      if (is_digit(peek())) {
        skip_digits();
        end = at_;
      }
    }
    return number_of(text_.substr(begin, end - begin));
  }

  /// A line break ends it; what follows a backslash and is no escape says nothing.
  std::string string() {
    std::string out;
    char32_t high = 0;  // the first half of a pair
    const auto settle = [&] {
      if (high != 0) append_utf8(out, U'\uFFFD');
      high = 0;
    };
    for (++at_; at_ < text_.size() && !is_line_end(peek());) {
      const char c = text_[at_];
      if (c != '\\') {
        settle();
        ++at_;
        if (c == '"') return out;
        out += c;
        continue;
      }
      ++at_;
      const auto unit = escape();
      if (!unit) continue;
      if (high != 0 && *unit >= 0xDC00 && *unit <= 0xDFFF) {
        append_utf8(out, 0x10000 + ((high - 0xD800) << 10U) + (*unit - 0xDC00));
        high = 0;
        continue;
      }
      settle();
      if (*unit >= 0xD800 && *unit <= 0xDBFF) {
        high = *unit;
      } else {
        append_utf8(out, *unit >= 0xDC00 && *unit <= 0xDFFF ? U'\uFFFD' : *unit);
      }
    }
    settle();
    return out;
  }

  /// The character that is meant, behind the backslash.
  std::optional<char32_t> escape() {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view values = "\"\\/\b\f\n\r\t";
    const char c = peek();
    ++at_;
    while ((static_cast<unsigned char>(peek()) & 0xC0U) == 0x80U) ++at_;
    const std::size_t index = letters.find(c);
    if (index != std::string_view::npos) return static_cast<unsigned char>(values[index]);
    if (c != 'u') return std::nullopt;
    std::uint32_t unit = 0;
    const char* begin = text_.data() + at_;
    const char* limit = text_.data() + std::min(at_ + 4, text_.size());
    const auto [end, error] = std::from_chars(begin, limit, unit, 16);
    at_ += static_cast<std::size_t>(end - begin);
    return end == begin + 4 ? std::optional<char32_t>(unit) : std::nullopt;
  }

  std::string_view text_;
  std::size_t at_;
};

class Reader {
 public:
  Reader(std::string_view text, const JsoncOptions& options)
      : text_(text), options_(options), scanner_(text) {}

  std::optional<Json> document() {
    advance();
    return value(0);
  }

 private:
  void advance() { token_ = scanner_.next(); }

  /// To a comma or to what closes the enclosing value.
  void skip_to(Token close) {
    while (token_ != Token::end && token_ != close && token_ != Token::comma) advance();
  }

  std::optional<Json> value(int depth) {
    require_bounds(text_, scanner_.at(), depth, ++values_, options_.file);
    if (token_ == Token::open_brace) return object(depth + 1);
    if (token_ == Token::open_bracket) return array(depth + 1);
    if (token_ != Token::scalar && token_ != Token::text) return std::nullopt;
    Json out = std::move(scanner_.value);
    advance();
    return out;
  }

  Json object(int depth) {
    std::vector<std::pair<std::string, Json>> members;
    advance();
    while (token_ != Token::close_brace && token_ != Token::end) {
      if (token_ == Token::comma) advance();
      if (token_ == Token::text) member(members, depth);
      if (token_ != Token::text) skip_to(Token::close_brace);
    }
    advance();
    return make_object(std::move(members));
  }

  void member(std::vector<std::pair<std::string, Json>>& members, int depth) {
    std::string name = scanner_.value.get<std::string>();
    advance();
    if (token_ != Token::colon) return skip_to(Token::close_brace);
    advance();
    if (auto read = value(depth)) {
      if (name == "__proto__") return;  // no member in JavaScript
      members.emplace_back(std::move(name), std::move(*read));
    } else {
      skip_to(Token::close_brace);
    }
  }

  Json array(int depth) {
    Json out = Json::array();
    advance();
    while (token_ != Token::close_bracket && token_ != Token::end) {
      if (token_ == Token::comma) advance();
      if (auto item = value(depth)) {
        out.push_back(std::move(*item));
      } else {
        skip_to(Token::close_bracket);
      }
    }
    advance();
    return out;
  }

  std::string_view text_;
  const JsoncOptions& options_;
  Scanner scanner_;
  Token token_ = Token::end;
  std::size_t values_ = 0;
};

}  // namespace

std::optional<Json> recover(std::string_view text, const JsoncOptions& options) {
  return Reader(text, options).document();
}

}  // namespace fairlead::jsonc
