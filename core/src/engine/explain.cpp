#include "base/atomic_file.hpp"
#include "engine/deadlines.hpp"
#include "engine/find.hpp"
#include "engine/image_plan.hpp"
#include "engine/image_there.hpp"
#include "spec/dockerfile.hpp"

#include <fairlead/explain_workspace.hpp>

#include <optional>

namespace fairlead {
namespace {

/// What the image's own label says; nothing when the backend has no such image, which is said.
void add_image(const ImageContext& c, const std::string& image, ExplainResult& out,
               std::vector<NamedEntry>& entries) {
  const auto info = image_if_there(c.backend, image, c.stop);
  if (!info) {
    out.missing.push_back("metadata of the image " + image + ": it is not on the backend yet");
    return;
  }
  const auto label = info->labels.find(metadata_key);
  if (label == info->labels.end()) return;
  const auto found = metadata_of_label(label->second, [&](const std::string& message) {
    out.missing.push_back("metadata of the image " + image + ": " + message);
  });
  for (std::size_t i = 0; i < found.size(); ++i) {
    entries.push_back({"image " + image + ", entry " + std::to_string(i + 1), found[i]});
  }
}

/// The image that the configuration starts from; nullopt: it is not known.
std::optional<std::string> image_of(const ImageContext& c) {
  const auto& config = c.workspace.config;
  if (config.scenario == Scenario::image) return config.image;
  if (config.scenario != Scenario::dockerfile) return std::nullopt;
  const auto text = read_file_if_there(config.build.dockerfile);
  if (!text) return std::nullopt;
  DockerfileInputs inputs{.build_args = {config.build.args.begin(), config.build.args.end()},
                          .target = config.build.target};
  if (!c.probe.arch.empty()) inputs.arch = c.probe.arch;
  const auto image = base_image(read_dockerfile(*text), inputs);
  return image == "scratch" ? std::nullopt : image;
}

/// Runs `ask`; what it cannot answer is said in the result and stops nothing else.
template <class Ask>
void attempt(const std::string& about, ExplainResult& out, const Ask& ask) {
  try {
    ask();
  } catch (const Error& error) {
    if (error.status() == Status::cancelled) throw;
    out.missing.push_back(about + ": " + error.message());
  }
}

/// The entries that are known without making or fetching anything.
std::vector<NamedEntry> known_entries(Core& core, const Workspace& workspace,
                                      const Selection& selection, ExplainResult& out,
                                      const std::stop_token& stop) {
  std::vector<NamedEntry> entries;
  if (workspace.config.scenario == Scenario::none) return entries;
  const auto found = find_environment(core, workspace, selection, stop);
  const auto probe = found.backend->probe({}, question(stop));
  const BuildOptions options;
  const ImageContext context{core, workspace, options, *found.backend, probe, stop};
  attempt("metadata of the image", out, [&] {
    if (const auto image = image_of(context)) add_image(context, *image, out, entries);
  });
  attempt("metadata of Features", out, [&] {
    for (const auto& feature : planned_features(context, *feature_installer(context))) {
      entries.push_back({"Feature '" + feature.id + "'",
                         metadata_entry_of_feature(feature.id, feature.metadata)});
    }
  });
  return entries;
}

}  // namespace

ExplainResult explain_configuration(Core& core, const ExplainRequest& request,
                                    std::stop_token stop) {
  const auto workspace = open_workspace(core, request.selection, stop);
  if (!workspace.document) {
    throw Error(Status::invalid, "config.not_found",
                "No configuration was named that could be explained.",
                "name a workspace with --workspace-folder");
  }
  ExplainResult out;
  out.config_file = workspace.document->config_file;
  std::vector<NamedEntry> entries;
  attempt("metadata of image and Features", out,
          [&] { entries = known_entries(core, workspace, request.selection, out, stop); });
  out.explanations = explain(*workspace.document, entries, request.property);
  return out;
}

}  // namespace fairlead
