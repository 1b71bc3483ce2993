#include "engine/built_images.hpp"

#include "base/atomic_file.hpp"

#include <filesystem>
#include <system_error>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t record_limit = 4096;

/// "sha256:<digits>" without what a file name must not have.
fs::path record_of(const Core& core, const std::string& id) {
  return fs::path(core.cache_folder()) / "images" / id.substr(id.find(':') + 1);
}

bool can_be_recorded(const std::string& id) {
  return !id.empty() && id.find('/') == std::string::npos;
}

}  // namespace

void mark_built_from(const Core& core, BuildImageRequest& build, const std::string& hash) {
  if (core.mode() == Mode::fairlead && !hash.empty()) build.labels[built_from_key] = hash;
}

void remember_built_from(const Core& core, const ImageInfo& image, const std::string& hash) {
  if (core.mode() == Mode::fairlead || hash.empty() || !can_be_recorded(image.id)) return;
  try {
    write_cache_file(record_of(core, image.id), hash, 0600);
  } catch (const Error&) {
    // It is built once more the next time.
  }
}

bool is_built_from(const Core& core, const ImageInfo& image, const std::string& hash) {
  if (hash.empty()) return false;
  const auto label = image.labels.find(built_from_key);
  if (label != image.labels.end()) return label->second == hash;
  if (!can_be_recorded(image.id)) return false;
  try {
    return read_file_if_there(record_of(core, image.id), record_limit) == hash;
  } catch (const Error&) {
    return false;
  }
}

bool is_built_by_us(const Core& core, const std::string& id, const Labels& labels) {
  std::error_code ignored;
  const auto label = labels.find(built_from_key);
  return (label != labels.end() && !label->second.empty()) ||
         (can_be_recorded(id) && fs::exists(record_of(core, id), ignored));
}

}  // namespace fairlead
