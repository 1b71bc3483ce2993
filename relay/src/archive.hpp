#pragma once

namespace fairlead::relay {

/// Files in and out of an environment as a tar archive on the standard streams, where neither the
/// backend nor the image has anything for it. Commands of their own: `relay unpack FOLDER` and
/// `relay pack PATH`. Exit: 0, or 1 with one line on the standard error.

/// Unpacks below the folder. Names that lead out of it are refused, links in the archive are not
/// followed; owners are kept where we are root.
int unpack(const char* folder);

/// Packs a file, a link, or a folder with all that is in it, under its last name. What is no file,
/// folder or link is left out.
int pack(const char* path);

}  // namespace fairlead::relay
