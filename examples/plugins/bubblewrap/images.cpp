#include "backend.hpp"

#include <fairlead/error.hpp>
#include <fairlead/model_json.hpp>
#include <fairlead/sdk/oci.hpp>

#include <unistd.h>

namespace bubblewrap {

using namespace fairlead;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view local = "oci:";

std::string our_arch() {
#if defined(__aarch64__)
  return "arm64";
#else
  return "amd64";
#endif
}

/// Gone with its end, whatever it holds.
struct Scratch {
  fs::path folder;
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
};

}  // namespace

ImageInfo BubblewrapBackend::inspect_image(const InspectImageRequest& request, sdk::Call&) {
  if (const auto image = store().image(request.image)) return image->info;
  throw Error(Status::not_found, "image.not_found", "There is no image '" + request.image + "'.");
}

/// "oci:/folder[:tag]" is a layout on this machine, everything else a registry's name.
Empty BubblewrapBackend::pull_image(const PullImageRequest& request, sdk::Call& call) {
  const auto all = store();
  const auto target = all.image_folder(request.image);
  const Scratch scratch{target.string() + '.' + std::to_string(::getpid())};
  fs::create_directories(scratch.folder);
  auto layout = (scratch.folder / "layout").string();
  std::string tag;
  if (request.image.starts_with(local)) {
    layout = request.image.substr(local.size());
    if (const auto colon = layout.rfind(':'); colon != std::string::npos) {
      tag = layout.substr(colon + 1);
      layout.resize(colon);
    }
  } else {
    sdk::fetch_oci_layout(core_.host(), request.image, our_arch(), curl_options_, layout, call);
  }
  const auto info =
      sdk::unpack_oci_layout(layout, tag, (scratch.folder / "image/root").string(), call);
  write_file(scratch.folder / "image/image.json", encode(info));
  fs::remove_all(target);
  fs::rename(scratch.folder / "image", target);  // there as a whole or not at all
  return {};
}

}  // namespace bubblewrap
