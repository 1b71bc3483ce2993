#pragma once

#include <fairlead/model/images.hpp>
#include <fairlead/sdk/core.hpp>

#include <string>
#include <vector>

/// OCI images for runtimes that have no engine: fetched, checked and unpacked into a folder. In a
/// library of its own, fairlead::oci.
namespace fairlead::sdk {

/// Unpacks an image of the OCI layout in the folder `layout` into `rootfs`, which is made and must
/// not exist. `tag` is the annotation org.opencontainers.image.ref.name; empty: the only image.
/// Every blob is checked against its digest. Layers are unpacked in order below a root of their
/// own, so that no link or name in one leads out of `rootfs`; what a later one removes is removed.
/// Numeric owners, modes, times and links are kept; devices are left out. Needs root. Ends with
/// Error(cancelled) when `call` is cancelled.
/// Returns what the image's configuration says. Throws invalid ("image.layout", "image.digest"),
/// not_found ("image.not_found"), denied ("image.unpack_permission"), failed ("image.unpack").
ImageInfo unpack_oci_layout(const std::string& layout, const std::string& tag,
                            const std::string& rootfs, const Call& call);

/// Fetches `image` ("registry/name[:tag|@digest]") into a new OCI layout in the folder `layout`,
/// with the host's `curl`: the answers of the registry are the host's, so it works wherever the
/// host is reached. Anonymous, from registries that ask for no token; `options` are added to
/// curl's, such as {"--cacert", file} or {"--netrc"}. `arch` as in ImageInfo.
/// Throws not_found ("image.pull"), unavailable ("image.registry"), invalid ("image.layout").
void fetch_oci_layout(const HostClient& host, const std::string& image, const std::string& arch,
                      const std::vector<std::string>& options, const std::string& layout,
                      const Call& call);

}  // namespace fairlead::sdk
