#pragma once

#include <fairlead/manage.hpp>

#include <functional>
#include <memory>
#include <stop_token>

namespace fairlead {

using TellFinding = std::function<void(const Finding&)>;

/// Tries the host of the settings stage by stage; null when a stage failed: without the host no
/// backend on it answers.
std::shared_ptr<Host> try_host(Core& core, const Settings& settings, const TellFinding& tell,
                               const std::stop_token& stop);

/// Free space of a folder, with advice when there is little.
Check disk_check(std::string name, std::uint64_t free, const std::string& folder,
                 std::string advice);

}  // namespace fairlead
