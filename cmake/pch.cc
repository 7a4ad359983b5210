// Carrier of the precompiled headers; see cmake/dependencies.cmake.
