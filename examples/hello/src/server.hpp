#pragma once

/// Answers HTTP requests on `port` of all addresses with the greeting, one after the other, until
/// the process ends. Throws std::system_error when the port cannot be had.
[[noreturn]] void serve(unsigned short port);
