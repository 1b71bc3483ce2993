#include "base/jsonc.hpp"

#include "base/json_text.hpp"
#include "input.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

using namespace fairlead;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  std::optional<nlohmann::ordered_json> strict;
  const bool good = fuzz::answers([&] { strict = read_jsonc(text, {"f", false}); });
  fuzz::answers([&] {
    const auto lenient = read_jsonc(text, {"f", true});
    if (!good || lenient == strict) return;
    // JavaScript takes this name for none of a member.
    fuzz::require(strict && json_text(*strict).find("\"__proto__\":") != std::string::npos);
  });
  if (!strict) return 0;
  // What was read is written so that it reads the same.
  const auto again = read_jsonc(json_text(*strict), {"f", false});
  fuzz::require(again && json_text(*again) == json_text(*strict));
  const SourceMap map(std::string(text), {"f", false});
  const auto flat = strict->flatten();
  if (flat.empty()) return 0;
  const auto place = map.locate({flat.begin().key(), "/nowhere", ""});
  fuzz::require(place.size() == 3 && place[2].line >= 1);
  return 0;
}
