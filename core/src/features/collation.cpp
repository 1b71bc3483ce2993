#include "features/collation.hpp"

#include <array>
#include <cstddef>

namespace fairlead {
namespace {

constexpr std::string_view primary_order =
    "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";

// 0: ignored, as control characters are. UTF-8 bytes keep their order behind everything.
constexpr std::array<unsigned char, 256> make_weights() {
  std::array<unsigned char, 256> weights{};
  unsigned char next = 1;
  for (const char c : primary_order) {
    const auto index = static_cast<unsigned char>(c);
    weights[index] = next;
    if (c >= 'a' && c <= 'z') weights[index - 'a' + 'A'] = next;
    ++next;
  }
  for (std::size_t i = 128; i < weights.size(); ++i) weights[i] = static_cast<unsigned char>(i);
  return weights;
}

constexpr auto weights = make_weights();

unsigned char weight(char c) { return weights[static_cast<unsigned char>(c)]; }

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

std::size_t skip_ignored(std::string_view text, std::size_t at) {
  while (at < text.size() && weight(text[at]) == 0) ++at;
  return at;
}

}  // namespace

int compare_collated(std::string_view a, std::string_view b) {
  int by_case = 0;
  std::size_t i = skip_ignored(a, 0);
  std::size_t j = skip_ignored(b, 0);
  while (i < a.size() && j < b.size()) {
    const int difference = weight(a[i]) - weight(b[j]);
    if (difference != 0) return difference;
    if (by_case == 0) by_case = int{is_upper(a[i])} - int{is_upper(b[j])};
    i = skip_ignored(a, i + 1);
    j = skip_ignored(b, j + 1);
  }
  if (i < a.size()) return 1;
  if (j < b.size()) return -1;
  return by_case;
}

}  // namespace fairlead
