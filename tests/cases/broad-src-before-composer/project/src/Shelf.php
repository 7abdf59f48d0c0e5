<?php
namespace Acme;
final class Shelf {}
