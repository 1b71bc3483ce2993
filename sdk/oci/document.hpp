#pragma once

#include <fairlead/model/images.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace fairlead::sdk::oci {

/// What one document refers to by its digest.
struct Blob {
  std::string digest;  ///< "sha256:…", checked to be one
  std::string media_type;
  std::string os;    ///< of an entry of an index; empty: not said
  std::string arch;  ///< of an entry of an index; empty: not said
  std::string tag;   ///< of an entry of an index; empty: none
};

/// The image of an index may run on Linux with `arch`, as far as it says.
inline bool fits(const Blob& entry, const std::string& arch) {
  return (entry.os.empty() || entry.os == "linux") && (entry.arch.empty() || entry.arch == arch);
}

struct Manifest {
  std::vector<Blob> entries;  ///< of an index; a manifest has none
  Blob config;
  std::vector<Blob> layers;
};

/// Reads an index or a manifest, OCI's or Docker's. Throws invalid ("image.layout").
Manifest read_manifest(const std::string& text);

/// Reads an image's configuration. Throws invalid ("image.layout").
ImageInfo read_config(const std::string& text);

/// "sha256:…" of bytes in memory, or of the file at `path`.
std::string digest_of(const std::string& bytes);
std::string digest_of_file(const std::string& path);

/// Where a blob stands in a layout.
std::string blob_path(const std::string& layout, const std::string& digest);

}  // namespace fairlead::sdk::oci
