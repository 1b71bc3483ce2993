#include "base/jsonc.hpp"

#include "base/jsonc_parser.hpp"
#include "base/jsonc_recover.hpp"
#include "base/text.hpp"

namespace fairlead {

using jsonc::Parser;

std::optional<nlohmann::ordered_json> read_jsonc(std::string_view text,
                                                 const JsoncOptions& options) {
  if (options.lenient && options.findings == nullptr) {
    if (!invalid_utf8(text)) return jsonc::recover(text, options);
    return jsonc::recover(replace_invalid_utf8(text), options);
  }
  return Parser(text, options, nullptr).document();
}

SourceMap::SourceMap(std::string text, JsoncOptions options)
    : text_(std::move(text)), options_(std::move(options)) {
  if (options_.lenient && invalid_utf8(text_)) text_ = replace_invalid_utf8(text_);
}

std::vector<SourceLocation> SourceMap::locate(const std::vector<std::string>& pointers,
                                              bool names) const {
  jsonc::Recorder recorder(pointers);
  Parser(text_, options_, &recorder).document();
  std::vector<std::size_t> offsets;
  offsets.reserve(pointers.size());
  for (const auto& pointer : pointers) {
    const auto place = recorder.find(pointer);
    offsets.push_back(names ? place.name : place.value);
  }
  return jsonc::locations_of(text_, offsets, options_.file);
}

SourceLocation place_in(std::string_view text, std::size_t offset, const std::string& file) {
  return jsonc::location_of(text, offset, file);
}

std::string pointer_token(std::string_view name) {
  std::string out = "/";
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace fairlead
