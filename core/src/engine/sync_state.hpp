#pragma once

#include "engine/sync_record.hpp"

/// What stands in the state folder's "sync" beside the record of one folder.
namespace fairlead {

/// Makes the folder of Unison's archives. All folders once had one together, in which every run
/// changed what the others' waiting runs began with: as long as the folder has none, its archives
/// are taken from there. Those of other machines' copies, which this account keeps in the same
/// place when it is their host, stay. To be called by who holds the record's run lock. Throws Error
/// when the folder cannot be made; archives that cannot be moved are made anew by Unison.
void make_unison_folder(const SyncRecord& record);

}  // namespace fairlead
