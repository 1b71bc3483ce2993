#pragma once

#include "engine/group.hpp"

#include <memory>
#include <optional>

namespace fairlead {

struct InPlaceFeatures;

/// What a new instance is made from.
struct ImageResult {
  std::string image;
  std::optional<ImageInfo> info;           ///< absent where the backend cannot say before it runs
  std::vector<MetadataEntry> entries;      ///< all: base image, features, devcontainer.json
  bool label_on_instance = false;          ///< the image does not carry the metadata, so it has to
  std::optional<ServiceGroup> group = {};  ///< it is for the primary service of this one
  std::shared_ptr<InPlaceFeatures> in_place = {};  ///< what the image lacks and is installed inside
};

/// Steps 7 and 8 of `up`: plans features, builds where something has to be built, pulls what is
/// missing. Nothing is built for an image configuration without features. BLD-002..011, IMG-004..
/// 006, 028, 033, 034. Throws OperationError with what the builder said.
ImageResult prepare_image(Core& core, const Workspace& workspace, const BuildOptions& options,
                          const std::shared_ptr<Backend>& backend, const ProbeReply& probe,
                          std::stop_token stop, const ServiceGroup* group = nullptr);

/// The features alone, to be brought up to date in an instance that has them inside. Never empty.
std::shared_ptr<InPlaceFeatures> plan_in_place(Core& core, const Workspace& workspace,
                                               const BuildOptions& options,
                                               const std::shared_ptr<Backend>& backend,
                                               const ProbeReply& probe, std::stop_token stop);

/// As above for `build`: an image configuration without features gets an image that carries the
/// metadata. Returns the image's names. BLD-001, 008, 012.
std::vector<std::string> build_named_image(Core& core, const Workspace& workspace,
                                           const BuildOptions& options,
                                           const std::shared_ptr<Backend>& backend,
                                           const ProbeReply& probe, std::stop_token stop,
                                           const ServiceGroup* group = nullptr);

/// The entries alone, for reading: nothing is built, a base image that is missing is pulled.
std::vector<MetadataEntry> metadata_entries(Core& core, const Workspace& workspace,
                                            const BuildOptions& options,
                                            const std::shared_ptr<Backend>& backend,
                                            const ProbeReply& probe, std::stop_token stop,
                                            const ServiceGroup* group = nullptr);

}  // namespace fairlead
