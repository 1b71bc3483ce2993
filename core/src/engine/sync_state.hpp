#pragma once

#include "engine/sync_record.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// What stands in the state folder's "sync" beside the record of one folder.
namespace fairlead {

/// Makes the folder of Unison's archives. All folders once had one together, in which every run
/// changed what the others' waiting runs began with: the archives of this folder are taken from
/// there. To be called by who holds the record's run lock. Throws Error when it cannot be made;
/// archives that cannot be moved are made anew by Unison.
void make_unison_folder(const SyncRecord& record);

/// What nothing needs any more, each with words for people: what is kept of folders that are gone
/// and that nobody follows, and the common archives once no folder's stand there. What a pull has
/// replaced is the user's and stays. `sync`: the state folder's.
std::vector<std::pair<std::filesystem::path, std::string>> sync_leftovers(
    const std::filesystem::path& sync);

}  // namespace fairlead
