#pragma once

#include <fairlead/core.hpp>

#include <string>

namespace fairlead {

/// On images that we build by our own name: what they are made from, as a hash.
inline constexpr const char* built_from_key = "dev.fairlead.content";

/// Says in `build`, or after it with `remember_built_from`, what the image is made from, so that
/// the next time nothing has to be built. By our own name that is a label; the drop-in keeps a
/// record in the cache folder instead, by the image's id, as the reference's images have no such
/// label.
void mark_built_from(const Core& core, BuildImageRequest& build, const std::string& hash);
void remember_built_from(const Core& core, const ImageInfo& image, const std::string& hash);

/// Whether `image` was made from exactly that, by either name.
bool is_built_from(const Core& core, const ImageInfo& image, const std::string& hash);

/// Whether we made an image with this id and these labels.
bool is_built_by_us(const Core& core, const std::string& id, const Labels& labels);

}  // namespace fairlead
