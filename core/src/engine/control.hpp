#pragma once

#include "engine/workspace.hpp"
#include "features/control_manifest.hpp"
#include "features/resolve.hpp"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace fairlead {

/// The list that the setting `control_manifest` names (an address, a file, nothing), from the cache
/// when it was asked for in the last five minutes. What cannot be had is no error: the copy of
/// before counts, else nothing does, and it is not asked again for five minutes. FEAT-060.
/// Among `ids`, as written in the configuration, only registries' make an address worth asking.
ControlManifest control_manifest(const Core& core, const Settings& settings,
                                 const std::vector<std::string>& ids, std::stop_token stop);

/// Refuses what is listed. Throws DisallowedFeature for the first of `ids`, as they are written in
/// the configuration; `stop_container` is called before and says whether it stopped one. FEAT-060.
void require_allowed(const ControlManifest& manifest, const std::vector<std::string>& ids,
                     const std::function<bool()>& stop_container = {});

/// Warns of the faults that are known of what was resolved.
void warn_of_advisories(const Core& core, const ControlManifest& manifest,
                        const ResolvedList& features);

}  // namespace fairlead
